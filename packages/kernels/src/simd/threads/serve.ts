import { loadEngine } from "../engine.ts";
import { JOBS } from "../jobs.ts";
import { createTools } from "../tools.ts";
import { isGivenUp, takeChunks } from "./chunk-states.ts";
import { createScratchMemory } from "./memory.ts";
import type { JobMessage } from "./threads.ts";

/**
 * Prepare this thread to help the SIMD build of another one.
 *
 * @returns takes each message that the other thread posts to this one.
 */
export async function serveKernels(): Promise<(message: unknown) => void> {
	const engineOf = await loadEngine();
	const scratch = createScratchMemory();
	return (message) => {
		const { name, operands, states } = message as JobMessage;
		const job = JOBS[name];
		try {
			takeChunks(states, (chunk) => {
				const check = () => {
					if (isGivenUp(states, chunk)) {
						throw new Error(`serveKernels: chunk ${chunk} of ${name} was given up.`);
					}
				};
				job.run(createTools(engineOf(check), scratch, check), operands as never, chunk);
			});
		} catch {
			// The chunk is free again: the thread that asked for it meets the same error and tells it, or has given it up.
		}
	};
}
