import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createTemporaryFiles } from "@dinoseg/node/files";
import { vi } from "vitest";
import { run } from "../dist/program.js";
import { createSegmenterPool } from "./segmenter-pool.ts";

const bin = fileURLToPath(new URL("../bin/dinoseg.js", import.meta.url));
const examples = fileURLToPath(new URL("../../../examples/", import.meta.url));

/** Path of a bundled example photograph. */
export function examplePath(name: string): string {
	return join(examples, name);
}

const segmenters = createSegmenterPool();

/** Chunks of bytes. */
type Stdin = Iterable<Uint8Array>;

/** A terminal on which nobody types. */
export const TERMINAL: Stdin = [];

/** What happens while the program waits; no time passes. @param stderr what was told until then. */
export type Pause = (stderr: string) => unknown;

type Environment = Readonly<Record<string, string | undefined>>;

/** What one command line printed, and how it ended. */
export interface CliResult {
	readonly code: number | null;
	readonly stdout: string;
	/** What `stdout` is the text of. */
	readonly stdoutBytes: Buffer;
	readonly stderr: string;
}

/** The end of a process. */
export interface ProcessResult extends CliResult {
	readonly signal: NodeJS.Signals | null;
}

/** A temporary folder in which the built program runs. */
export interface Sandbox extends AsyncDisposable {
	readonly folder: string;
	/** The folder of its token cache. */
	readonly cache: string;
	path(...parts: string[]): string;
	/**
	 * Run a command line in the folder, in this process: all of the program but its shell, which takes signals and
	 * streams from the process. One at a time.
	 */
	dinoseg(...args: string[]): Promise<CliResult>;
	/** The same with a terminal for stderr. */
	onTerminal(...args: string[]): Promise<CliResult>;
	/** The same with something on stdin. */
	dinosegFrom(stdin: Stdin, ...args: string[]): Promise<CliResult>;
	/** The same with variables of its own; those that are undefined are not set. */
	dinosegWith(environment: Environment, ...args: string[]): Promise<CliResult>;
	/** The same with something to do in each pause of a program that would go on for ever; it ends in the one after. */
	dinosegWhile(pauses: readonly Pause[], ...args: string[]): Promise<CliResult>;
	/** Start a process of the program in the folder: for signals, pipes, memory and what is loaded. */
	start(
		args: readonly string[],
		environment?: Environment,
		stdin?: "ignore" | "pipe",
	): { readonly child: ReturnType<typeof spawn>; readonly ended: Promise<ProcessResult> };
}

export interface SandboxOptions {
	/**
	 * Whether its cache is empty and its own. Otherwise all tests of a run share one, so that the network, whose thread
	 * takes a good part of a run, sees each picture once. @default false
	 */
	readonly ownCache?: boolean;
}

export async function createSandbox({ ownCache = false }: SandboxOptions = {}): Promise<Sandbox> {
	const folder = await mkdtemp(join(tmpdir(), "dinoseg-cli-"));
	const cache = ownCache ? join(folder, ".cache") : (process.env["DINOSEG_TEST_CACHE"] as string);
	const environment = {
		DINOSEG_CACHE: cache,
		NO_COLOR: "1",
		HF_HUB_OFFLINE: "1",
		HF_HOME: join(folder, ".hf"),
	};
	return {
		folder,
		cache,
		path: (...parts) => join(folder, ...parts),
		dinoseg: (...args) => inSurroundings(folder, environment, () => runHere(args)),
		onTerminal: (...args) =>
			inSurroundings(folder, environment, () => runHere(args, { terminal: { isTTY: true, columns: 80 } })),
		dinosegFrom: (stdin, ...args) => inSurroundings(folder, environment, () => runHere(args, { stdin })),
		dinosegWith: (more, ...args) => inSurroundings(folder, { ...environment, ...more }, () => runHere(args)),
		dinosegWhile: (pauses, ...args) => inSurroundings(folder, environment, () => runHere(args, { pauses })),
		start: (args, more = {}, stdin = "ignore") =>
			startProcess(args, folder, { ...process.env, ...environment, ...more }, stdin),
		async [Symbol.asyncDispose]() {
			if (ownCache) {
				await segmenters.close(cache);
			}
			await rm(folder, { recursive: true, force: true });
		},
	};
}

/** What a program finds and meets. */
interface Surroundings {
	readonly terminal?: { readonly isTTY: boolean; readonly columns: number };
	readonly stdin?: Stdin;
	readonly pauses?: readonly Pause[];
}

/** Run the program as a function, with what a shell would give it. */
async function runHere(
	args: readonly string[],
	{ terminal, stdin = [], pauses = [] }: Surroundings = {},
): Promise<CliResult> {
	const coming = [...pauses];
	const stdout: Buffer[] = [];
	const stderr: string[] = [];
	const code = await run(args, {
		stdin: Object.assign(Readable.from(stdin), { isTTY: stdin === TERMINAL }),
		stdout: { write: (data) => stdout.push(Buffer.from(data as Uint8Array)) },
		stderr: { ...terminal, write: (data) => stderr.push(String(data)) },
		cwd: process.cwd(),
		env: process.env,
		now: () => performance.now(),
		async pause(milliseconds, signal) {
			if (signal !== undefined) {
				// Of work that has an end of its own.
				return wait(milliseconds, true, { signal }).catch(() => false);
			}
			const next = coming.shift();
			await next?.(stderr.join(""));
			return next !== undefined;
		},
		openSegmenter: segmenters.open,
		temporaryFiles: createTemporaryFiles(),
		onInterrupt: () => () => undefined,
		untilStopped: async () => undefined,
		abandon: () => undefined,
	});
	const stdoutBytes = Buffer.concat(stdout);
	return { code, stdout: stdoutBytes.toString(), stdoutBytes, stderr: stderr.join("") };
}

/** Do something in another folder and environment, and come back. */
async function inSurroundings<T>(folder: string, environment: Environment, work: () => Promise<T>): Promise<T> {
	const before = process.cwd();
	process.chdir(folder);
	for (const [name, value] of Object.entries(environment)) {
		vi.stubEnv(name, value);
	}
	try {
		return await work();
	} finally {
		vi.unstubAllEnvs();
		process.chdir(before);
	}
}

function startProcess(
	args: readonly string[],
	cwd: string,
	env: Environment,
	stdin: "ignore" | "pipe",
): ReturnType<Sandbox["start"]> {
	const child = spawn(process.execPath, [bin, ...args], { cwd, env, stdio: [stdin, "pipe", "pipe"] });
	const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
	child.stdout?.on("data", (bytes: Buffer) => output.stdout.push(bytes));
	child.stderr?.on("data", (bytes: Buffer) => output.stderr.push(bytes));
	const ended = new Promise<ProcessResult>((resolve, reject) => {
		child.once("error", reject);
		child.once("close", (code, signal) => {
			const [stdoutBytes, stderr] = [Buffer.concat(output.stdout), Buffer.concat(output.stderr)];
			resolve({ code, signal, stdout: stdoutBytes.toString(), stdoutBytes, stderr: stderr.toString() });
		});
	});
	return { child, ended };
}
