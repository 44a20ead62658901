/**
 * Keeps the process from ending while onnxruntime computes, which would abort it (exit code 134, core dump).
 *
 * The client never ends the process itself; this is for an uncaught error, or somebody's `process.exit`. The handler
 * blocks until the running calls have returned, and starts nothing.
 */

/** A worker that neither finishes nor fails in this time is given up. */
const MAX_WAIT_MS = 120_000;

const guarded = new Set<Int32Array>();

/** Hold the process's end back while `counter` is above zero, until `unguardExit`. */
export function guardExit(counter: Int32Array): void {
	if (guarded.size === 0) {
		process.on("exit", waitForAll);
	}
	guarded.add(counter);
}

export function unguardExit(counter: Int32Array): void {
	if (guarded.delete(counter) && guarded.size === 0) {
		process.off("exit", waitForAll);
	}
}

function waitForAll(): void {
	for (const counter of guarded) {
		let unfinished = Atomics.load(counter, 0);
		while (unfinished > 0 && Atomics.wait(counter, 0, unfinished, MAX_WAIT_MS) !== "timed-out") {
			unfinished = Atomics.load(counter, 0);
		}
	}
}
