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
	let candidates: Uint32Array = setPixels(pixels);
	for (let isChanged = true; isChanged; ) {
		isChanged = false;
		for (const side of [0, 4]) {
			const removed = candidates.filter((at) => isRemovable(pixels, width, height, at, side));
			for (const at of removed) {
				pixels[at] = 0;
			}
			isChanged ||= removed.length > 0;
		}
		candidates = candidates.filter((at) => pixels[at] === 1);
	}
}

function setPixels(pixels: Uint8Array): Uint32Array {
	const found: number[] = [];
	pixels.forEach((value, at) => {
		if (value === 1) {
			found.push(at);
		}
	});
	return Uint32Array.from(found);
}

/** Neighbours from the right one on, counter-clockwise. */
const STEPS_X = [1, 1, 0, -1, -1, -1, 0, 1] as const;
const STEPS_Y = [0, -1, -1, -1, 0, 1, 1, 1] as const;

/** @param side the neighbour from which this pass works: 0 right, 4 left. */
function isRemovable(pixels: Uint8Array, width: number, height: number, at: number, side: number): boolean {
	const x = at % width;
	const y = (at - x) / width;
	const neighbour = (i: number): number => {
		const column = x + STEPS_X[i & 7];
		const row = y + STEPS_Y[i & 7];
		return column >= 0 && column < width && row >= 0 && row < height ? pixels[row * width + column] : 0;
	};
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
