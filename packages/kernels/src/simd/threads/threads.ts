import { createChunkStates, settleChunks, takeChunks } from "./chunk-states.ts";
import type { Job, Tools } from "./job.ts";

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
	/** Numbers at 0 that every thread sees. */
	float64(length: number): Float64Array;
	float32(length: number): Float32Array;
	/** The same numbers where every thread sees them. */
	share<T extends Float32Array | Float64Array>(array: T): T;
	/** Run the chunks 0 to `chunks` - 1. Large operands should lie where every thread sees them: others are copied. */
	run<Operands>(job: Job<Operands>, operands: Operands, chunks: number): void;
}

/** One thread may be slowed down: the others then take more chunks. */
const CHUNKS_PER_THREAD = 2;

export function createThreads(tools: Tools, helpers: readonly HelperThread[]): Threads {
	const bufferOf = (bytes: number) => (helpers.length > 0 ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
	const float64 = (length: number) => new Float64Array(bufferOf(length * Float64Array.BYTES_PER_ELEMENT));
	const float32 = (length: number) => new Float32Array(bufferOf(length * Float32Array.BYTES_PER_ELEMENT));
	return {
		chunks: helpers.length > 0 ? (helpers.length + 1) * CHUNKS_PER_THREAD : 1,
		float64,
		float32,
		share(array) {
			if (helpers.length === 0 || array.buffer instanceof SharedArrayBuffer) {
				return array;
			}
			const shared = array instanceof Float32Array ? float32(array.length) : float64(array.length);
			shared.set(array);
			return shared as typeof array;
		},
		run(job, operands, chunks) {
			const work = (chunk: number) => job.run(tools, operands, chunk);
			if (helpers.length === 0) {
				for (let chunk = 0; chunk < chunks; chunk++) {
					work(chunk);
				}
				return;
			}
			const states = createChunkStates(chunks);
			const message: JobMessage = { name: job.name, operands, states };
			for (const helper of helpers) {
				helper.postMessage(message);
			}
			takeChunks(states, work);
			settleChunks(states, work);
		},
	};
}
