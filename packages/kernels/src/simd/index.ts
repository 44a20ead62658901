import { symmetricEigen } from "../eigen/symmetric-eigen.ts";
import type { Check, Kernels } from "../kernels.ts";
import { referenceKernels } from "../reference/index.ts";
import { createClusterSums, createColumnMeans } from "./cluster-sums.ts";
import { combineRows } from "./combine-rows.ts";
import { createDistances } from "./distances.ts";
import { type CheckedEngine, loadEngine } from "./engine.ts";
import { gramMatrix } from "./gram.ts";
import { createMajorityFilter } from "./majority-filter.ts";
import { createMedianFilter } from "./median-filter.ts";
import { project } from "./project.ts";
import { createResizeBicubic } from "./resize.ts";
import { scatterMatrix } from "./scatter.ts";
import { createSlic } from "./slic.ts";
import { createScratchMemory, createSharedMemory, type Memory, PLAIN_MEMORY } from "./threads/memory.ts";
import { createThread, createThreads, type HelperThread } from "./threads/threads.ts";
import { createEigenPrimitives, createTools } from "./tools.ts";
import { createUpsampleScores } from "./upsample.ts";

export interface SimdOptions {
	/**
	 * Threads that take over parts of large products and eigenproblems. Waiting for them blocks: not for the main thread of
	 * a page. Default: none.
	 */
	readonly helpers?: readonly HelperThread[];
}

/** Multiply-adds from which on a message to another thread is worth its while. */
const WORTH_SHARING = 1e7;

/** The AssemblyScript build with 128-bit SIMD. It must be supported: see `supportsSimd`. */
export async function loadSimdKernels({ helpers = [] }: SimdOptions = {}): Promise<Kernels> {
	const equipment: Equipment = {
		engineOf: await loadEngine(),
		helpers,
		// Not every page may share memory.
		shared: helpers.length > 0 ? createSharedMemory() : PLAIN_MEMORY,
		scratch: createScratchMemory(),
		jobScratch: createScratchMemory(),
	};
	return createKernels(equipment, () => {});
}

/** What all kernels of one load have in common, whatever their check. */
interface Equipment {
	readonly engineOf: CheckedEngine;
	readonly helpers: readonly HelperThread[];
	/** What helpers see. */
	readonly shared: Memory;
	/** For an eigenproblem, and for the jobs that this thread does of it. */
	readonly scratch: Memory;
	readonly jobScratch: Memory;
}

function createKernels(equipment: Equipment, check: Check): Kernels {
	const { engineOf, helpers, shared, scratch, jobScratch } = equipment;
	const engine = engineOf(check);
	const tools = createTools(engine, jobScratch, check);
	const { clusterSums } = createClusterSums(engine);
	const alone = createThread(tools);
	const together = createThreads(tools, helpers, shared, check);
	const threadsFor = (multiplyAdds: number) => (multiplyAdds < WORTH_SHARING ? alone : together);
	return {
		...referenceKernels.checked(check),
		name: "simd",
		checked: (other) => createKernels(equipment, other),
		medianFilter: createMedianFilter(engine, check),
		majorityFilter: createMajorityFilter(engine, check),
		resizeBicubic: createResizeBicubic(engine, check),
		upsampleScores: createUpsampleScores(engine, check),
		...createDistances(engine, check),
		slic: createSlic(engine, check),
		clusterSums,
		columnMeans: createColumnMeans(clusterSums),
		scatterMatrix: (points, count, dim, mean) =>
			scatterMatrix(threadsFor(count * dim * dim), check, points, count, dim, mean),
		gramMatrix: (...operands) => gramMatrix(engine, ...operands),
		combineRows: (...operands) => combineRows(engine, ...operands),
		symmetricEigen(matrix, size, choose) {
			const threads = threadsFor(size ** 3);
			const memory = threads === alone ? scratch : threads.memory;
			return memory.scope(() => {
				const { values, vectors } = symmetricEigen(
					createEigenPrimitives(engine, threads, memory, check),
					matrix,
					size,
					choose,
				);
				return { values, vectors: memory.keep(check, vectors) };
			});
		},
		project: (points, count, dim, mean, components, componentCount) =>
			project(threadsFor(count * dim * componentCount), check, points, count, dim, mean, components, componentCount),
	};
}
