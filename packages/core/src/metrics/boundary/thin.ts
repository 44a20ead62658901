import { padMap, setPixels } from "./pad-map.ts";

/**
 * Thin the lines of a binary picture to one pixel, in place. What is connected (by sides or corners) stays connected, and
 * ends stay where they are.
 *
 * Source: Guo and Hall 1989, doi:10.1145/62065.62074, as Lam, Lee and Suen 1992, doi:10.1109/34.161346, give it
 * (page 879); MATLAB `bwmorph(…, "thin", inf)`.
 *
 * @param pixels 0 or 1. Shape (height, width).
 */
export function thin(pixels: Uint8Array, width: number, height: number): void {
	const stride = width + 2;
	const padded = padMap(pixels, width, height, 1);
	const steps = NEIGHBOURS.map(([x, y]) => y * stride + x);
	let candidates = setPixels(padded);
	for (let isChanged = true; isChanged; ) {
		isChanged = false;
		for (const removable of REMOVABLE) {
			const removed = candidates.filter((at) => removable[neighbourhood(padded, at, steps)] === 1);
			for (const at of removed) {
				padded[at] = 0;
			}
			isChanged ||= removed.length > 0;
		}
		candidates = candidates.filter((at) => padded[at] === 1);
	}
	for (let y = 0; y < height; y++) {
		const start = (y + 1) * stride + 1;
		pixels.set(padded.subarray(start, start + width), y * width);
	}
}

/** From the right one on, counter-clockwise. */
const NEIGHBOURS = [
	[1, 0],
	[1, -1],
	[0, -1],
	[-1, -1],
	[-1, 0],
	[-1, 1],
	[0, 1],
	[1, 1],
] as const;

/** The neighbours as bits, the right one lowest. */
function neighbourhood(padded: Uint8Array, at: number, steps: readonly number[]): number {
	let bits = 0;
	for (let i = 0; i < 8; i++) {
		bits |= padded[at + steps[i]] << i;
	}
	return bits;
}

/** By neighbourhood, 1 where the pixel goes: in passes that work from the right, and from the left. */
const REMOVABLE: readonly Uint8Array[] = [0, 4].map((side) =>
	Uint8Array.from({ length: 256 }, (_, bits) => (isRemovable(bits, side) ? 1 : 0)),
);

/** @param side the neighbour from which this pass works: 0 right, 4 left. */
function isRemovable(bits: number, side: number): boolean {
	const neighbour = (i: number): number => (bits >> (i & 7)) & 1;
	let crossings = 0;
	let pairsAfter = 0;
	let pairsBefore = 0;
	for (let i = 0; i < 8; i += 2) {
		crossings += neighbour(i) === 0 && (neighbour(i + 1) | neighbour(i + 2)) === 1 ? 1 : 0;
		pairsAfter += neighbour(i) | neighbour(i + 1);
		pairsBefore += neighbour(i + 1) | neighbour(i + 2);
	}
	const pairs = Math.min(pairsAfter, pairsBefore);
	const isOnSide = ((neighbour(side + 1) | neighbour(side + 2) | (1 - neighbour(side + 7))) & neighbour(side)) === 0;
	return crossings === 1 && pairs >= 2 && pairs <= 3 && isOnSide;
}
