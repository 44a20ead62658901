import type { ReducedTokens } from "@dinoseg/core";

/** The last reductions of a segmenter, found by what they were made from. */
export interface ReductionMemory {
	get(key: string): ReducedTokens | undefined;
	/** Keep a reduction, and drop the least recently used ones above the limit. One larger than that is not kept. */
	set(key: string, reduced: ReducedTokens): void;
}

/** Bytes that are kept: some twenty pictures of ViT-L/14 at an input size of 518. */
const DEFAULT_BYTES = 64 * 2 ** 20;

/** @param maxBytes limit of all points and components together. */
export function createReductionMemory(maxBytes: number = DEFAULT_BYTES): ReductionMemory {
	// A map lists its entries in the order in which they were set.
	const entries = new Map<string, ReducedTokens>();
	let total = 0;

	const drop = (key: string): void => {
		const entry = entries.get(key);
		if (entry !== undefined) {
			entries.delete(key);
			total -= bytesOf(entry);
		}
	};
	const keep = (key: string, reduced: ReducedTokens): void => {
		entries.set(key, reduced);
		total += bytesOf(reduced);
	};

	return {
		get(key) {
			const entry = entries.get(key);
			if (entry !== undefined) {
				drop(key);
				keep(key, entry);
			}
			return entry;
		},
		set(key, reduced) {
			drop(key);
			keep(key, reduced);
			for (const oldest of entries.keys()) {
				if (total <= maxBytes) {
					break;
				}
				drop(oldest);
			}
		},
	};
}

function bytesOf({ points, model }: ReducedTokens): number {
	return points.data.byteLength + (model?.components.byteLength ?? 0);
}
