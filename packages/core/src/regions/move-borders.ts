import { type Check, checkedRows } from "@dinoseg/kernels";
import type { RgbImage } from "../image/index.ts";
import type { Superpixels } from "./superpixels.ts";

/** How much each of the eight pixels around counts that is of the same superpixel: squared grey levels of all channels. */
const BOND = 40;

/**
 * Let each pixel that lies at a border go over to a neighbouring superpixel where it belongs better: whose mean colour is
 * nearer to its own, or, where colours hardly differ, of which more pixels lie around it. So borders move by at most one
 * pixel towards the edges of the picture, and become straight where there is none.
 *
 * Convention: in raster order, in place; the pixel stays where it belongs as well, and where its superpixel would fall apart
 * or vanish without it. Of neighbours as good, the one above comes first, then left, right, below.
 * Source: iterated conditional modes, Besag 1986, doi:10.1111/j.2517-6161.1986.tb01412.x.
 *
 * @param means mean red, green and blue of each superpixel. Shape (count, 3).
 */
export function moveBorders(superpixels: Superpixels, image: RgbImage, means: Float64Array, check: Check): void {
	const { data, width, height } = superpixels;
	// What lay around a pixel before this round: rows and pixels that come later have not changed yet. Two rows of memory
	// serve for all: a copy of each would add up to one of the whole map.
	let above = new Uint16Array(width);
	let row = new Uint16Array(width);
	for (const y of checkedRows(check, height, width)) {
		row.set(data.subarray(y * width, (y + 1) * width));
		for (let x = 0; x < width; x++) {
			const pixel = y * width + x;
			const own = row[x];
			const up = y === 0 ? own : above[x];
			const left = x > 0 ? row[x - 1] : own;
			const right = x < width - 1 ? row[x + 1] : own;
			const down = y < height - 1 ? data[pixel + width] : own;
			if (up !== own || left !== own || right !== own || down !== own) {
				const best = bestAround(superpixels, image, means, x, y, [up, left, right, down]);
				if (best !== own && staysConnectedWithout(superpixels, x, y)) {
					data[pixel] = best;
				}
			}
		}
		[above, row] = [row, above];
	}
}

/**
 * The superpixel of this pixel or of one that shares an edge with it, to which it belongs best.
 *
 * @param around those of the pixels around before the round; it may only go where it could go then.
 */
function bestAround(
	superpixels: Superpixels,
	image: RgbImage,
	means: Float64Array,
	x: number,
	y: number,
	around: readonly number[],
): number {
	const { data, width, height } = superpixels;
	const pixel = y * width + x;
	let best = data[pixel];
	let least = costOf(superpixels, image, means, x, y, best);
	const compare = (neighbour: number): void => {
		const superpixel = data[neighbour];
		if (superpixel !== best && around.includes(superpixel)) {
			const cost = costOf(superpixels, image, means, x, y, superpixel);
			if (cost < least) {
				best = superpixel;
				least = cost;
			}
		}
	};
	if (y > 0) {
		compare(pixel - width);
	}
	if (x > 0) {
		compare(pixel - 1);
	}
	if (x < width - 1) {
		compare(pixel + 1);
	}
	if (y < height - 1) {
		compare(pixel + width);
	}
	return best;
}

function costOf(
	{ data, width, height }: Superpixels,
	image: RgbImage,
	means: Float64Array,
	x: number,
	y: number,
	superpixel: number,
): number {
	let alike = 0;
	for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
		for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
			alike += data[row * width + column] === superpixel && (row !== y || column !== x) ? 1 : 0;
		}
	}
	return colorDistance(image, y * width + x, means, superpixel) - BOND * alike;
}

function colorDistance({ data }: RgbImage, pixel: number, means: Float64Array, superpixel: number): number {
	const red = data[3 * pixel] - means[3 * superpixel];
	const green = data[3 * pixel + 1] - means[3 * superpixel + 1];
	const blue = data[3 * pixel + 2] - means[3 * superpixel + 2];
	return red * red + green * green + blue * blue;
}

/** Around a pixel, from the one above clockwise: those with even numbers share an edge with it. */
const AROUND = [
	[0, -1],
	[1, -1],
	[1, 0],
	[1, 1],
	[0, 1],
	[-1, 1],
	[-1, 0],
	[-1, -1],
] as const;

/**
 * Whether the pixels of the same superpixel that share an edge with this one are connected among the eight around it:
 * then the superpixel is connected without it, too. False where there are none.
 */
function staysConnectedWithout({ data, width, height }: Superpixels, x: number, y: number): boolean {
	const own = data[y * width + x];
	let around = 0;
	for (let place = 0; place < AROUND.length; place++) {
		const column = x + AROUND[place][0];
		const row = y + AROUND[place][1];
		const isInside = column >= 0 && column < width && row >= 0 && row < height;
		if (isInside && data[row * width + column] === own) {
			around |= 1 << place;
		}
	}
	return STAYS_CONNECTED[around] === 1;
}

/** By which of the eight around are of the same superpixel, a bit for each. */
const STAYS_CONNECTED = Uint8Array.from({ length: 256 }, (_, around) => {
	const has = (place: number) => ((around >> (place & 7)) & 1) === 1;
	let pieces = 0;
	for (let place = 0; place < 8; place++) {
		if (has(place) && !has(place + 7)) {
			// A piece begins here. It counts if one of its pixels shares an edge.
			let end = place;
			while (has(end + 1) && end < place + 7) {
				end++;
			}
			pieces += end > place || place % 2 === 0 ? 1 : 0;
		}
	}
	return pieces === 1 ? 1 : 0;
});
