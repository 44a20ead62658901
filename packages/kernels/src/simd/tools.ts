import type { EigenJob, EigenPrimitives, Scratch } from "../eigen/primitives.ts";
import type { Check } from "../kernels.ts";
import type { Engine } from "./engine.ts";
import { tridiagonalise } from "./householder.ts";
import { withPoles } from "./pole-sums.ts";
import { multiply } from "./products.ts";
import { reflect } from "./reflect.ts";
import type { Job, Tools } from "./threads/job.ts";
import { createThread, type Threads } from "./threads/threads.ts";

/**
 * The tools of one thread.
 *
 * @param engine calls `check` as well.
 */
export function createTools(engine: Engine, scratch: Scratch, check: Check): Tools {
	const tools: Tools = {
		engine,
		get primitives() {
			return primitives;
		},
	};
	const primitives = createEigenPrimitives(engine, createThread(tools), scratch, check);
	return tools;
}

/** The SIMD build's parts of the eigenproblem, its jobs run by `threads`. */
export function createEigenPrimitives(
	engine: Engine,
	threads: Threads,
	scratch: Scratch,
	check: Check,
): EigenPrimitives {
	return {
		check,
		chunks: threads.chunks,
		scratch,
		run: (job, operands, chunks) => threads.run(eigenJob(job), operands, chunks),
		tridiagonalise: (...operands) => tridiagonalise(engine, scratch, ...operands),
		withPoles: (poles, numerators, work) => withPoles(engine, poles, numerators, work),
		multiply: (...operands) => multiply(engine, ...operands),
		reflect: (...operands) => reflect(engine, ...operands),
	};
}

/** A job of the eigenproblem as one of this build. */
export function eigenJob<Operands>(job: EigenJob<Operands>): Job<Operands> {
	return { name: job.name, run: ({ primitives }, operands, chunk) => job.run(primitives, operands, chunk) };
}
