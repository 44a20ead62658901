import type { Kernels } from "../kernels.ts";
import { referenceKernels } from "../reference/index.ts";
import { loadEngine } from "./engine.ts";
import { createUpsampleScores } from "./upsample.ts";

/** The AssemblyScript build with 128-bit SIMD. It must be supported: see `supportsSimd`. */
export async function loadSimdKernels(): Promise<Kernels> {
	const engine = await loadEngine();
	return { ...referenceKernels, name: "simd", upsampleScores: createUpsampleScores(engine) };
}
