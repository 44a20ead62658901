import { readFileSync } from "node:fs";
import { ROOT } from "./workspaces.ts";

/** What a Dockerfile says of the container that runs. */
export interface DockerFile {
	readonly baseImages: readonly string[];
	readonly user: string;
	readonly environment: Readonly<Record<string, string>>;
	/** The program and its arguments. */
	readonly command: readonly string[];
	readonly healthCheck: readonly string[];
}

/** Read our Dockerfile, in which the last stage comes last and lists are JSON. */
export function readDockerFile(): DockerFile {
	const text = readFileSync(`${ROOT}docs/deploy/Dockerfile`, "utf8").replace(/\\\n\s*/g, "");
	const valuesOf = (instruction: string) =>
		[...text.matchAll(new RegExp(`^${instruction} (.*)$`, "gm"))].map(([, value]) => value);
	const listOf = (value: string) => JSON.parse(value.slice(value.indexOf("["))) as string[];
	const [entry, command, health] = ["ENTRYPOINT", "CMD", "HEALTHCHECK"].map((name) => listOf(valuesOf(name)[0]));
	return {
		baseImages: valuesOf("FROM").map((value) => value.split(" ")[0]),
		user: valuesOf("USER")[0],
		environment: Object.fromEntries(
			valuesOf("ENV").flatMap((value) => value.split(" ").map((pair) => pair.split("="))),
		),
		command: [...entry, ...command],
		healthCheck: health,
	};
}
