import type { Kernels } from "./kernels.ts";
import { referenceKernels } from "./reference/index.ts";
import { loadSimdKernels, type SimdOptions } from "./simd/index.ts";
import { supportsSimd } from "./simd/probe.ts";

/**
 * The fastest build of the kernels that runs here. All builds return the same bytes, with helpers or without.
 *
 * @param options for the SIMD build; the reference works on one thread.
 */
export async function loadKernels(options: SimdOptions = {}): Promise<Kernels> {
	return supportsSimd() ? loadSimdKernels(options) : referenceKernels;
}
