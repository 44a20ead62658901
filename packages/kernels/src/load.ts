import type { Kernels } from "./kernels.ts";
import { referenceKernels } from "./reference/index.ts";
import { loadSimdKernels, type SimdOptions } from "./simd/index.ts";
import { supportsSimd } from "./simd/web-assembly.ts";

/**
 * Kept from the first call on: all callers of a process share compiled code and its scratch memory. Nothing can pass
 * from one to another, for a kernel call is synchronous and reads nothing that it has not written.
 */
let alone: Promise<Kernels> | undefined;

/**
 * The fastest build of the kernels that runs here. All builds return the same bytes, with helpers or without. Without
 * helpers it is compiled once.
 *
 * @param options for the SIMD build; the reference works on one thread.
 */
export function loadKernels(options: SimdOptions = {}): Promise<Kernels> {
	if (options.helpers === undefined || options.helpers.length === 0) {
		alone ??= loadFastest({});
		return alone;
	}
	return loadFastest(options);
}

async function loadFastest(options: SimdOptions): Promise<Kernels> {
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
