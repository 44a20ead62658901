import type { Scratch } from "../../eigen/primitives.ts";
import type { Check } from "../../kernels.ts";
import { checkedCopy } from "../../steps.ts";

type Floats = Float32Array | Float64Array;

/** Room for the operands of jobs. */
export interface Memory extends Scratch {
	/** As `float64`. */
	float32(length: number): Float32Array;
	/** The same numbers in such room. */
	share<T extends Floats>(check: Check, array: T): T;
	/** The same numbers where they stay after the scope. */
	keep<T extends Floats>(check: Check, array: T): T;
	/** Hand out none of the room so far again: another thread may still write to it. */
	abandon(): void;
}

/** Ordinary arrays, for a thread alone. */
export const PLAIN_MEMORY: Memory = {
	scope: (work) => work(),
	float64: (length) => new Float64Array(length),
	float32: (length) => new Float32Array(length),
	share: (_check, array) => array,
	keep: (_check, array) => array,
	abandon: () => {},
};

/** A block that has grown beyond this is given up after the call. */
const KEPT_BYTES = 64 * 2 ** 20;

const ALIGNMENT = 8;

/** Memory that all threads see, kept from call to call. */
export function createSharedMemory(): Memory {
	return createArena((bytes) => new SharedArrayBuffer(bytes));
}

/** Memory of one thread, kept from call to call. */
export function createScratchMemory(): Memory {
	return createArena((bytes) => new ArrayBuffer(bytes));
}

function createArena(allocate: (bytes: number) => ArrayBufferLike): Memory {
	let block = allocate(0);
	const blocks = new WeakSet([block]);
	let used = 0;
	let depth = 0;

	function startBlock(bytes: number): void {
		block = allocate(bytes);
		blocks.add(block);
		used = 0;
	}

	/** Place of so many bytes in `block`. */
	function reserve(bytes: number): number {
		if (used + bytes > block.byteLength) {
			startBlock(Math.max(bytes, 2 * block.byteLength));
		}
		const start = used;
		used += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
		return start;
	}

	function float64(length: number): Float64Array {
		const start = reserve(length * Float64Array.BYTES_PER_ELEMENT);
		return new Float64Array(block, start, length);
	}

	function float32(length: number): Float32Array {
		const start = reserve(length * Float32Array.BYTES_PER_ELEMENT);
		return new Float32Array(block, start, length);
	}

	return {
		float64,
		float32,
		scope(work) {
			const [outerBlock, outerUsed] = [block, used];
			depth++;
			try {
				return work();
			} finally {
				depth--;
				if (block === outerBlock) {
					used = outerUsed;
				} else if (depth === 0) {
					used = 0;
				}
				if (depth === 0 && block.byteLength > KEPT_BYTES) {
					startBlock(0);
				}
			}
		},
		share(check, array) {
			const shared = array instanceof Float32Array ? float32(array.length) : float64(array.length);
			checkedCopy(check, array, shared);
			return shared as typeof array;
		},
		keep(check, array) {
			if (!blocks.has(array.buffer)) {
				return array;
			}
			const kept = array instanceof Float32Array ? new Float32Array(array.length) : new Float64Array(array.length);
			checkedCopy(check, array, kept);
			return kept as typeof array;
		},
		abandon() {
			startBlock(0);
		},
	};
}
