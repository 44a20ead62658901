/** Which boundary pixels of two maps belong together. */
export interface PixelMatching {
	/** 1 for each matched pixel of the first map. Shape (height, width). */
	readonly matched: Uint8Array;
	/** Number of pairs. */
	readonly count: number;
}

interface Offset {
	readonly x: number;
	readonly y: number;
	readonly square: number;
}

const NONE = -1;

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
	const offsets = offsetsWithin(radius);
	const partner = new Int32Array(first.length).fill(NONE);
	const partnerOfSecond = new Int32Array(second.length).fill(NONE);
	const starts = indicesOf(first);

	/** The pixels of `second` near a pixel of `first`, nearest first. */
	function neighbour(at: number, { x, y }: Offset): number {
		const column = (at % width) + x;
		const row = Math.floor(at / width) + y;
		const inside = column >= 0 && column < width && row >= 0 && row < height;
		return inside && second[row * width + column] === 1 ? row * width + column : NONE;
	}

	function pair(at: number, other: number): void {
		partner[at] = other;
		partnerOfSecond[other] = at;
	}

	for (const offset of offsets) {
		for (const at of starts) {
			if (partner[at] === NONE) {
				const other = neighbour(at, offset);
				if (other !== NONE && partnerOfSecond[other] === NONE) {
					pair(at, other);
				}
			}
		}
	}
	augment({ starts, offsets, neighbour, partner, partnerOfSecond, pair });

	const matched = new Uint8Array(first.length);
	let count = 0;
	for (const at of starts) {
		matched[at] = partner[at] === NONE ? 0 : 1;
		count += matched[at];
	}
	return { matched, count };
}

interface Graph {
	readonly starts: Uint32Array;
	readonly offsets: readonly Offset[];
	readonly neighbour: (at: number, offset: Offset) => number;
	readonly partner: Int32Array;
	readonly partnerOfSecond: Int32Array;
	readonly pair: (at: number, other: number) => void;
}

/** Lengthen a matching along shortest alternating paths until there is none. What is matched stays matched. */
function augment({ starts, offsets, neighbour, partner, partnerOfSecond, pair }: Graph): void {
	const layer = new Int32Array(partner.length);
	const nextOffset = new Uint16Array(partner.length);

	/** Distance of each pixel from an unmatched one along alternating paths. @returns whether a path ends free. */
	function layOut(): boolean {
		layer.fill(NONE);
		let frontier = Array.from(starts).filter((at) => partner[at] === NONE);
		let reachesFree = false;
		for (const at of frontier) {
			layer[at] = 0;
		}
		for (let depth = 1; frontier.length > 0 && !reachesFree; depth++) {
			const next: number[] = [];
			for (const at of frontier) {
				for (const offset of offsets) {
					const other = neighbour(at, offset);
					if (other === NONE) {
						continue;
					}
					const owner = partnerOfSecond[other];
					if (owner === NONE) {
						reachesFree = true;
					} else if (layer[owner] === NONE) {
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
			const other = neighbour(at, offsets[nextOffset[at]++]);
			if (other === NONE) {
				continue;
			}
			const owner = partnerOfSecond[other];
			if (owner === NONE) {
				others.push(other);
				for (let i = path.length - 1; i >= 0; i--) {
					pair(path[i], others[i]);
				}
				return;
			}
			if (layer[owner] === layer[at] + 1) {
				others.push(other);
				path.push(owner);
			}
		}
	}

	while (layOut()) {
		nextOffset.fill(0);
		for (const start of starts) {
			if (partner[start] === NONE) {
				follow(start);
			}
		}
	}
}

/** All offsets within a distance, the shortest first, then in raster order. */
function offsetsWithin(radius: number): Offset[] {
	const reach = Math.floor(radius);
	const offsets: Offset[] = [];
	for (let y = -reach; y <= reach; y++) {
		for (let x = -reach; x <= reach; x++) {
			const square = x * x + y * y;
			if (square <= radius * radius) {
				offsets.push({ x, y, square });
			}
		}
	}
	return offsets.sort((a, b) => a.square - b.square);
}

function indicesOf(pixels: Uint8Array): Uint32Array {
	const found: number[] = [];
	pixels.forEach((value, at) => {
		if (value === 1) {
			found.push(at);
		}
	});
	return Uint32Array.from(found);
}
