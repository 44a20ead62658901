/**
 * Keeps the process from ending while onnxruntime computes, which would abort it (exit code 134, core dump).
 *
 * The client never ends the process itself; this is for an uncaught error, or somebody's `process.exit`. The handler
 * blocks until the running calls have returned, and lets none start. It works in the main thread only: the end of the
 * process does not wait for other threads. So a network that another thread owns is guarded by the main thread, through
 * shared memory.
 */

/** A worker that neither finishes nor fails in this time is given up. */
const MAX_WAIT_MS = 120_000;

/** Places in the shared memory of a guard: calls that have not returned, and whether the process is about to end. */
const UNFINISHED = 0;
const ENDING = 1;

const guarded = new Set<Int32Array>();

/** The memory of a guard, for all threads that take part. */
export function createExitState(): SharedArrayBuffer {
	return new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
}

/**
 * Count a call that is about to begin.
 *
 * @returns false if the process is about to end: the call must not begin, and is not counted.
 */
export function countCall(state: Int32Array): boolean {
	Atomics.add(state, UNFINISHED, 1);
	if (Atomics.load(state, ENDING) === 0) {
		return true;
	}
	countReturn(state);
	return false;
}

/** As far as this call goes, the process may end from here on. */
export function countReturn(state: Int32Array): void {
	Atomics.sub(state, UNFINISHED, 1);
	Atomics.notify(state, UNFINISHED);
}

/** Hold the process's end back while calls of `state` are unfinished, until `unguardExit`. */
export function guardExit(state: Int32Array): void {
	if (guarded.size === 0) {
		process.on("exit", waitForAll);
	}
	guarded.add(state);
}

export function unguardExit(state: Int32Array): void {
	if (guarded.delete(state) && guarded.size === 0) {
		process.off("exit", waitForAll);
	}
}

function waitForAll(): void {
	for (const state of guarded) {
		Atomics.store(state, ENDING, 1);
	}
	for (const state of guarded) {
		let unfinished = Atomics.load(state, UNFINISHED);
		while (unfinished > 0 && Atomics.wait(state, UNFINISHED, unfinished, MAX_WAIT_MS) !== "timed-out") {
			unfinished = Atomics.load(state, UNFINISHED);
		}
	}
}
