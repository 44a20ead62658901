import { padMap, setPixels } from "./pad-map.ts";

/** Which boundary pixels of two maps belong together. */
interface PixelMatching {
	/** 1 for each matched pixel of the first map. Shape (height, width). */
	readonly matched: Uint8Array;
	/** Number of pairs. */
	readonly count: number;
}

/** In place of a partner: the pixel is set and has none. */
const FREE = -1;
/** In place of a partner: the pixel is not set. */
const ABSENT = -2;
const NO_LAYER = -1;

/**
 * Match the set pixels of two binary pictures one to one, at most `radius` pixels apart: nearest pairs first, then as many
 * pairs as there can be.
 *
 * Source: BSDS500 bench, `correspondPixels`, which makes the most pairs too; Hopcroft and Karp 1973,
 * doi:10.1137/0202019.
 *
 * @param first 0 or 1. Shape (height, width), as `second`.
 */
export function matchPixels(
	first: Uint8Array,
	second: Uint8Array,
	width: number,
	height: number,
	radius: number,
): PixelMatching {
	const reach = Math.floor(radius);
	const stride = width + 2 * reach;
	const padded = padMap(first, width, height, reach);
	const graph: Graph = {
		starts: setPixels(padded),
		offsets: offsetsWithin(radius, stride),
		partner: withoutPartners(padded),
		partnerOfSecond: withoutPartners(padMap(second, width, height, reach)),
	};
	augment(graph, pairNearest(graph));

	const matched = new Uint8Array(first.length);
	let count = 0;
	for (let y = 0, at = 0; y < height; y++) {
		for (let x = 0, start = (y + reach) * stride + reach; x < width; x++, at++) {
			if (graph.partner[start + x] >= 0) {
				matched[at] = 1;
				count++;
			}
		}
	}
	return { matched, count };
}

function withoutPartners(map: Uint8Array): Int32Array {
	const partners = new Int32Array(map.length);
	for (let at = 0; at < map.length; at++) {
		partners[at] = map[at] === 1 ? FREE : ABSENT;
	}
	return partners;
}

/** Pixels are indices into pictures with a border as wide as the longest offset, so that no step leaves them. */
interface Graph {
	/** The set pixels of the first picture. */
	readonly starts: Uint32Array;
	/** Steps to the pixels of the second that may be matched, the nearest first. */
	readonly offsets: Int32Array;
	/** Of each pixel of the first: one of the second, FREE or ABSENT. */
	readonly partner: Int32Array;
	/** The other way round. */
	readonly partnerOfSecond: Int32Array;
}

/** @returns the pixels of the first picture that are left over, but for those that have none of the second within reach. */
function pairNearest({ starts, offsets, partner, partnerOfSecond }: Graph): Uint32Array {
	const left = starts.slice();
	let count = left.length;
	for (const offset of offsets) {
		let kept = 0;
		for (let i = 0; i < count; i++) {
			const at = left[i];
			if (partnerOfSecond[at + offset] === FREE) {
				partner[at] = at + offset;
				partnerOfSecond[at + offset] = at;
			} else {
				left[kept++] = at;
			}
		}
		count = kept;
	}
	return left.subarray(0, count).filter((at) => offsets.some((offset) => partnerOfSecond[at + offset] !== ABSENT));
}

/**
 * Lengthen a matching along shortest alternating paths until there is none. What is matched stays matched.
 *
 * @param unmatched pixels of the first picture that paths begin at.
 */
function augment({ offsets, partner, partnerOfSecond }: Graph, unmatched: Uint32Array): void {
	const layer = new Int32Array(partner.length);
	const nextOffset = new Uint16Array(partner.length);

	/** Distance of each pixel from an unmatched one along alternating paths. @returns whether a path ends free. */
	function layOut(begins: Uint32Array): boolean {
		layer.fill(NO_LAYER);
		let frontier: ArrayLike<number> = begins;
		let reachesFree = false;
		for (let i = 0; i < begins.length; i++) {
			layer[begins[i]] = 0;
		}
		for (let depth = 1; frontier.length > 0 && !reachesFree; depth++) {
			const next: number[] = [];
			for (let i = 0; i < frontier.length; i++) {
				const at = frontier[i];
				for (let k = 0; k < offsets.length; k++) {
					const owner = partnerOfSecond[at + offsets[k]];
					if (owner === FREE) {
						reachesFree = true;
					} else if (owner !== ABSENT && layer[owner] === NO_LAYER) {
						layer[owner] = depth;
						next.push(owner);
					}
				}
			}
			frontier = next;
		}
		return reachesFree;
	}

	/** Follow the layers from a free pixel to a free one of the other map, and swap the pairs on the way. */
	function follow(start: number): void {
		const path = [start];
		const others: number[] = [];
		while (path.length > 0) {
			const at = path[path.length - 1];
			if (nextOffset[at] === offsets.length) {
				path.pop();
				others.pop();
				continue;
			}
			const other = at + offsets[nextOffset[at]++];
			const owner = partnerOfSecond[other];
			if (owner === FREE) {
				others.push(other);
				for (let i = path.length - 1; i >= 0; i--) {
					partner[path[i]] = others[i];
					partnerOfSecond[others[i]] = path[i];
				}
				return;
			}
			if (owner !== ABSENT && layer[owner] === layer[at] + 1) {
				others.push(other);
				path.push(owner);
			}
		}
	}

	for (let begins = unmatched; layOut(begins); begins = begins.filter((at) => partner[at] === FREE)) {
		nextOffset.fill(0);
		for (const start of begins) {
			follow(start);
		}
	}
}

/** All steps within a distance, the shortest first, then in raster order. */
function offsetsWithin(radius: number, stride: number): Int32Array {
	const reach = Math.floor(radius);
	const offsets: { readonly step: number; readonly square: number }[] = [];
	for (let y = -reach; y <= reach; y++) {
		for (let x = -reach; x <= reach; x++) {
			const square = x * x + y * y;
			if (square <= radius * radius) {
				offsets.push({ step: y * stride + x, square });
			}
		}
	}
	return Int32Array.from(offsets.sort((a, b) => a.square - b.square).map(({ step }) => step));
}
