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
	if (!supportsSimd()) {
		return referenceKernels;
	}
	try {
		return await loadSimdKernels(options);
	} catch {
		// The policy of a site can forbid to compile WebAssembly, and that shows only now.
		return referenceKernels;
	}
}
