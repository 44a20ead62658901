import type { Check } from "../../kernels.ts";

/** States of the chunks of a job, in memory that all threads see: one element a chunk. */
type ChunkStates = Int32Array;

const FREE = 0;
const TAKEN = 1;
const DONE = 2;
const GIVEN_UP = 3;

/** Longest wait for another thread between two checks, milliseconds. */
const STEP = 10;

/** How long a thread waits for another, milliseconds: far longer than any chunk takes, unless its thread has ended. */
const PATIENCE = 10_000;

export function createChunkStates(chunks: number): ChunkStates {
	return new Int32Array(new SharedArrayBuffer(chunks * Int32Array.BYTES_PER_ELEMENT));
}

/** Let no thread begin with another chunk, and let those at work on one know. */
export function giveUpChunks(states: ChunkStates): void {
	for (let chunk = 0; chunk < states.length; chunk++) {
		Atomics.store(states, chunk, GIVEN_UP);
	}
}

/** Whether the thread that asked for the chunk has given it up. */
export function isGivenUp(states: ChunkStates, chunk: number): boolean {
	return Atomics.load(states, chunk) === GIVEN_UP;
}

/** Work on free chunks until there is none. A chunk whose work throws is free again. */
export function takeChunks(states: ChunkStates, work: (chunk: number) => void): void {
	for (let chunk = 0; chunk < states.length; chunk++) {
		if (Atomics.compareExchange(states, chunk, FREE, TAKEN) !== FREE) {
			continue;
		}
		let state = FREE;
		try {
			work(chunk);
			state = DONE;
		} finally {
			Atomics.compareExchange(states, chunk, TAKEN, state);
			Atomics.notify(states, chunk);
		}
	}
}

/**
 * Wait until every chunk is done. A chunk that its thread gave up or never ends is worked on here: a thread that does end
 * it later writes the same bytes.
 *
 * @returns false if a thread may still be at work on one.
 */
export function settleChunks(
	check: Check,
	states: ChunkStates,
	work: (chunk: number) => void,
	patience: number = PATIENCE,
): boolean {
	let isSettled = true;
	for (let chunk = 0; chunk < states.length; chunk++) {
		for (let waited = 0; waited < patience; waited += STEP) {
			check();
			if (Atomics.wait(states, chunk, TAKEN, Math.min(STEP, patience - waited)) !== "timed-out") {
				break;
			}
		}
		const state = Atomics.load(states, chunk);
		if (state !== DONE) {
			work(chunk);
			isSettled &&= state === FREE;
		}
	}
	return isSettled;
}
