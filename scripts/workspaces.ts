import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** Root of the repository, with a closing slash. */
export const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** Folders of all workspace packages, relative to the root, such as `packages/core`. */
export function workspaceFolders(): string[] {
	const { workspaces } = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")) as { workspaces: string[] };
	return workspaces
		.map((pattern) => dirname(pattern))
		.flatMap((group) => readdirSync(ROOT + group).map((name) => `${group}/${name}`))
		.filter((folder) => existsSync(`${ROOT}${folder}/package.json`));
}
