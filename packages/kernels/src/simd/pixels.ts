import type { Pixels } from "../kernels.ts";

/** An array of zeros of the same type and length. */
export function emptyLike<T extends Pixels>(source: T): T {
	return (source instanceof Uint8Array ? new Uint8Array(source.length) : new Uint16Array(source.length)) as T;
}
