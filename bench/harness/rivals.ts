import { spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { PythonWork, Summary } from "./bench-case.ts";

const SCRIPT = fileURLToPath(new URL("../rivals.py", import.meta.url));

/** One run of a rival. */
export interface RivalRun {
	readonly milliseconds: number;
	readonly summary: Summary;
}

/** A Python process that does what ours does with other libraries. It times itself. */
export interface Rivals extends AsyncDisposable {
	/** By the name of the library; null where it is not installed. */
	readonly versions: Readonly<Record<string, string | null>>;
	/** Read the inputs. @returns the library that will run; undefined if it is not installed. */
	prepare(work: PythonWork): Promise<string | undefined>;
	/** Run what was prepared last. */
	run(): Promise<RivalRun>;
}

/** @returns undefined if there is no Python. */
export async function startRivals(python: string): Promise<Rivals | undefined> {
	const threads = String(availableParallelism());
	const child = spawn(python, [SCRIPT, threads], {
		stdio: ["pipe", "pipe", "inherit"],
		env: { ...process.env, OMP_NUM_THREADS: threads, OMP_WAIT_POLICY: "PASSIVE" },
	});
	try {
		await once(child, "spawn");
	} catch {
		return undefined;
	}
	const ended = once(child, "close");
	const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
	async function answer<T>(): Promise<T> {
		const { value, done } = await lines.next();
		if (done) {
			throw new Error(`${python} ${SCRIPT} ended early; see above.`);
		}
		return JSON.parse(value);
	}
	function ask<T>(request: object): Promise<T> {
		child.stdin.write(`${JSON.stringify(request)}\n`);
		return answer();
	}
	const { versions } = await answer<Pick<Rivals, "versions">>();
	return {
		versions,
		async prepare({ task, arrays, parameters = {} }) {
			const named = Object.entries(arrays).map(([name, { path, dtype, shape }]) => [name, { path, dtype, shape }]);
			return (await ask<{ ready?: string }>({ prepare: task, arrays: Object.fromEntries(named), parameters })).ready;
		},
		run: () => ask<RivalRun>({ run: true }),
		async [Symbol.asyncDispose]() {
			child.stdin.end();
			await ended;
		},
	};
}
