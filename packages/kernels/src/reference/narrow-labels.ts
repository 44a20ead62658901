import type { Pixels } from "../kernels.ts";

/** Labels that fit into 8 bits. */
const LABELS_OF_BYTES = 256;

/** Room for labels below `count`, in the narrowest type that holds them: those of a large picture take much memory. */
export function narrowLabels(length: number, count: number): Pixels {
	return count <= LABELS_OF_BYTES ? new Uint8Array(length) : new Uint16Array(length);
}
