import type { Kernels } from "../kernels.ts";
import { referenceKernels } from "../reference/index.ts";
import { createClusterSums } from "./cluster-sums.ts";
import { createDistances } from "./distances.ts";
import { loadEngine } from "./engine.ts";

/** The AssemblyScript build with 128-bit SIMD. It must be supported: see `supportsSimd`. */
export async function loadSimdKernels(): Promise<Kernels> {
	const engine = await loadEngine();
	return { ...referenceKernels, ...createDistances(engine), ...createClusterSums(engine), name: "simd" };
}
