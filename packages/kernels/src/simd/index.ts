import { symmetricEigen } from "../eigen/symmetric-eigen.ts";
import type { Kernels } from "../kernels.ts";
import { referenceKernels } from "../reference/index.ts";
import { createClusterSums } from "./cluster-sums.ts";
import { createColumnMeans } from "./column-means.ts";
import { combineRows } from "./combine-rows.ts";
import { createDistances } from "./distances.ts";
import { loadEngine } from "./engine.ts";
import { gramMatrix } from "./gram.ts";
import { createMajorityFilter } from "./majority-filter.ts";
import { createMedianFilter } from "./median-filter.ts";
import { project } from "./project.ts";
import { createResizeBicubic } from "./resize.ts";
import { scatterMatrix } from "./scatter.ts";
import { createScratchMemory } from "./threads/memory.ts";
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
	const engine = await loadEngine();
	const tools = createTools(engine);
	const { clusterSums } = createClusterSums(engine);
	const alone = createThread(tools);
	const scratch = createScratchMemory();
	const together = createThreads(tools, helpers);
	const threadsFor = (multiplyAdds: number) => (multiplyAdds < WORTH_SHARING ? alone : together);
	return {
		...referenceKernels,
		name: "simd",
		medianFilter: createMedianFilter(engine),
		majorityFilter: createMajorityFilter(engine),
		resizeBicubic: createResizeBicubic(engine),
		upsampleScores: createUpsampleScores(engine),
		...createDistances(engine),
		clusterSums,
		columnMeans: createColumnMeans(clusterSums),
		scatterMatrix: (points, count, dim, mean) => scatterMatrix(threadsFor(count * dim * dim), points, count, dim, mean),
		gramMatrix: (...operands) => gramMatrix(engine, ...operands),
		combineRows: (...operands) => combineRows(engine, ...operands),
		symmetricEigen(matrix, size, choose) {
			const threads = threadsFor(size ** 3);
			const memory = threads === alone ? scratch : threads.memory;
			return memory.scope(() => {
				const { values, vectors } = symmetricEigen(
					createEigenPrimitives(engine, threads, memory),
					matrix,
					size,
					choose,
				);
				return { values, vectors: memory.keep(vectors) };
			});
		},
		project: (points, count, dim, mean, components, componentCount) =>
			project(threadsFor(count * dim * componentCount), points, count, dim, mean, components, componentCount),
	};
}
