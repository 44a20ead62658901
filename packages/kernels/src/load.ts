import type { Kernels } from "./kernels.ts";
import { referenceKernels } from "./reference/index.ts";
import { loadSimdKernels } from "./simd/index.ts";
import { supportsSimd } from "./simd/probe.ts";

/**
 * Kept from the first call on: all callers of a process share compiled code and its scratch memory. Nothing can pass
 * from one to another, for a kernel call is synchronous and reads nothing that it has not written.
 */
let fastest: Promise<Kernels> | undefined;

/** The fastest build of the kernels that runs here, compiled once. All builds return the same bytes. */
export function loadKernels(): Promise<Kernels> {
	fastest ??= supportsSimd() ? loadSimdKernels() : Promise.resolve(referenceKernels);
	return fastest;
}
