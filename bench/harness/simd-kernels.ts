import { availableParallelism } from "node:os";
import { type Kernels, loadSimdKernels } from "@dinoseg/kernels";
import { startKernelHelpers } from "@dinoseg/node";

/** The SIMD build as a segmenter runs it for a large model: with a helper thread for every further core. */
export const simdKernels: Kernels = await loadSimdKernels({
	helpers: startKernelHelpers(availableParallelism() - 1).threads,
});
