import type { Kernels } from "./kernels.ts";
import { referenceKernels } from "./reference/index.ts";
import { loadSimdKernels } from "./simd/index.ts";
import { supportsSimd } from "./simd/probe.ts";

/** The fastest build of the kernels that runs here. All builds return the same bytes. */
export async function loadKernels(): Promise<Kernels> {
	return supportsSimd() ? loadSimdKernels() : referenceKernels;
}
