import { makeVectors, solveHalves } from "../../eigen/jobs.ts";
import { loadEngine } from "../engine.ts";
import { projectRows } from "../project.ts";
import { scatterPanels } from "../scatter.ts";
import { createTools, eigenJob } from "../tools.ts";
import { isGivenUp, takeChunks } from "./chunk-states.ts";
import type { Job } from "./job.ts";
import { createScratchMemory } from "./memory.ts";
import type { JobMessage } from "./threads.ts";

/** All jobs by name: a helper is told the name alone. */
const JOBS: Readonly<Record<string, Job<never>>> = Object.fromEntries(
	[scatterPanels, projectRows, eigenJob(solveHalves), eigenJob(makeVectors)].map((job) => [job.name, job]),
);

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
