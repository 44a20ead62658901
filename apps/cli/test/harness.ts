import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../bin/dinoseg.js", import.meta.url));
const examples = fileURLToPath(new URL("../../../examples/", import.meta.url));

/** Path of a bundled example photograph. */
export function examplePath(name: string): string {
	return join(examples, name);
}

export interface CliResult {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** A temporary folder with its own cache, in which the built program runs. */
export interface Sandbox extends AsyncDisposable {
	readonly folder: string;
	path(...parts: string[]): string;
	/** Run the built program in the folder and wait for its end. */
	dinoseg(...args: string[]): Promise<CliResult>;
	/** Start it and hand out the process. */
	start(
		args: readonly string[],
		env?: Readonly<Record<string, string | undefined>>,
	): { readonly child: ReturnType<typeof spawn>; readonly ended: Promise<CliResult> };
}

export async function createSandbox(): Promise<Sandbox> {
	const folder = await mkdtemp(join(tmpdir(), "dinoseg-cli-"));
	const start: Sandbox["start"] = (args, env = {}) => {
		const child = spawn(process.execPath, [bin, ...args], {
			cwd: folder,
			env: {
				...process.env,
				DINOSEG_CACHE: join(folder, ".cache"),
				NO_COLOR: "1",
				HF_HUB_OFFLINE: "1",
				HF_HOME: join(folder, ".hf"),
				// Else the user's own would come before the one of HF_HOME.
				HF_HUB_CACHE: undefined,
				HUGGINGFACE_HUB_CACHE: undefined,
				...env,
			},
			stdio: ["ignore", "pipe", "pipe"],
		});
		const output = { stdout: "", stderr: "" };
		child.stdout.setEncoding("utf8").on("data", (text: string) => {
			output.stdout += text;
		});
		child.stderr.setEncoding("utf8").on("data", (text: string) => {
			output.stderr += text;
		});
		const ended = new Promise<CliResult>((resolve, reject) => {
			child.once("error", reject);
			child.once("close", (code, signal) => resolve({ code, signal, ...output }));
		});
		return { child, ended };
	};
	return {
		folder,
		path: (...parts) => join(folder, ...parts),
		dinoseg: (...args) => start(args).ended,
		start,
		async [Symbol.asyncDispose]() {
			await rm(folder, { recursive: true, force: true });
		},
	};
}
