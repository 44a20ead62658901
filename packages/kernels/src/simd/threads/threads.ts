import type { Check } from "../../kernels.ts";
import { createChunkStates, giveUpChunks, settleChunks, takeChunks } from "./chunk-states.ts";
import type { Job, Tools } from "./job.ts";
import { type Memory, PLAIN_MEMORY } from "./memory.ts";

/** A thread that helps: what `postMessage` gives it must reach the function that `serveKernels` made there. */
export interface HelperThread {
	postMessage(message: unknown): void;
}

/** What a helper is told to do. */
export interface JobMessage {
	readonly name: string;
	readonly operands: unknown;
	readonly states: Int32Array;
}

/** Runs the chunks of jobs, on this thread and on those that help. */
export interface Threads {
	/** How many chunks to cut work on many rows into: 1 without helpers. */
	readonly chunks: number;
	/** Where large operands and all results of jobs lie. */
	readonly memory: Memory;
	/** Run the chunks 0 to `chunks` - 1. Operands that lie elsewhere are copied for each helper. */
	run<Operands>(job: Job<Operands>, operands: Operands, chunks: number): void;
}

/** One thread alone. */
export function createThread(tools: Tools): Threads {
	return {
		chunks: 1,
		memory: PLAIN_MEMORY,
		run(job, operands, chunks) {
			for (let chunk = 0; chunk < chunks; chunk++) {
				job.run(tools, operands, chunk);
			}
		},
	};
}

/**
 * This thread and those that help.
 *
 * @param memory shared memory, of no other helpers.
 */
export function createThreads(tools: Tools, helpers: readonly HelperThread[], memory: Memory, check: Check): Threads {
	if (helpers.length === 0) {
		return createThread(tools);
	}
	return {
		// One each: every chunk prepares its operands anew.
		chunks: helpers.length + 1,
		memory,
		run(job, operands, chunks) {
			const work = (chunk: number) => job.run(tools, operands, chunk);
			const states = createChunkStates(chunks);
			const message: JobMessage = { name: job.name, operands, states };
			for (const helper of helpers) {
				helper.postMessage(message);
			}
			let isSettled = false;
			try {
				takeChunks(states, work);
				isSettled = settleChunks(check, states, work);
			} finally {
				if (!isSettled) {
					giveUpChunks(states);
					memory.abandon();
				}
			}
		},
	};
}
