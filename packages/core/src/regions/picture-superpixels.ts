import { checkedParts, checkedRows, type Kernels } from "@dinoseg/kernels";
import { checkRgbImage, halveImage, type LabImage, labOf, type RgbImage } from "../image/index.ts";
import { moveBorders } from "./move-borders.ts";
import { cutSuperpixels, type Superpixels } from "./superpixels.ts";

/** A picture of more pixels is halved until it has no more. */
const WORKING_PIXELS = 400_000;
/** How often borders move by a pixel at each size: halving has moved them by one at most. */
const ROUNDS = 2;

/** The superpixels of a picture of any size. */
export interface PictureSuperpixels {
	/** At the size of the picture. */
	readonly superpixels: Superpixels;
	/** The same under the same numbers, which are in no order here, at the size at which they were found. */
	readonly working: Superpixels;
	/** The picture at that size. */
	readonly colors: LabImage;
	/** Pixels of each at the size of the picture. Shape (count,). */
	readonly areas: Float64Array;
}

/**
 * Cut a picture of any size into superpixels: at a size of at most 0.4 megapixels, from which their borders are carried to
 * the edges of the picture.
 *
 * Convention: the picture is halved until it is small enough. On the way back each pixel at a border may go over to a
 * superpixel beyond it where it belongs better, by colour and by the pixels around, twice at each size. No superpixel is
 * lost or torn by that. Time and memory grow with the pixels only.
 * Source: superpixels as `cutSuperpixels`, borders after Besag 1986, doi:10.1111/j.2517-6161.1986.tb01412.x.
 *
 * @throws DinosegError SHAPE_MISMATCH
 */
export function cutPicture(kernels: Kernels, picture: RgbImage): PictureSuperpixels {
	checkRgbImage("cutPicture", picture);
	const sizes = [picture];
	for (let last = picture; last.width * last.height > WORKING_PIXELS; sizes.push(last)) {
		last = halveImage(last, kernels.check);
	}
	const smallest = sizes[sizes.length - 1];
	const colors = labOf(smallest, kernels.check);
	const found = cutSuperpixels(kernels, colors);
	const means = meanColors(found, smallest);
	let carried = found;
	for (const image of sizes.slice(0, -1).reverse()) {
		carried = enlarge(kernels, carried, image);
		for (let round = 0; round < ROUNDS; round++) {
			moveBorders(carried, image, means, kernels.check);
		}
	}
	const { numbers, areas } = numberByFirstPixel(kernels, carried);
	return {
		superpixels: renumber(kernels, carried, numbers),
		working: carried === found ? found : renumber(kernels, found, numbers),
		colors,
		areas,
	};
}

/** Mean red, green and blue of each superpixel. Shape (count, 3). */
function meanColors({ data, count }: Superpixels, image: RgbImage): Float64Array {
	const sums = new Float64Array(3 * count);
	const areas = new Float64Array(count);
	for (let pixel = 0; pixel < data.length; pixel++) {
		const at = 3 * data[pixel];
		areas[data[pixel]]++;
		sums[at] += image.data[3 * pixel];
		sums[at + 1] += image.data[3 * pixel + 1];
		sums[at + 2] += image.data[3 * pixel + 2];
	}
	return sums.map((sum, at) => sum / areas[Math.floor(at / 3)]);
}

/** The superpixels of a halved picture at the size of the picture that was halved. */
function enlarge({ check }: Kernels, half: Superpixels, { width, height }: RgbImage): Superpixels {
	const data = new Uint16Array(width * height);
	let pixel = 0;
	for (const y of checkedRows(check, height, width)) {
		const row = (y >> 1) * half.width;
		for (let x = 0; x < width; x++) {
			data[pixel++] = half.data[row + (x >> 1)];
		}
	}
	return { data, width, height, count: half.count };
}

/** The number of each superpixel in raster order of their first pixels, and their areas under these numbers. */
function numberByFirstPixel({ check }: Kernels, { data, count }: Superpixels) {
	const numbers = new Uint16Array(count);
	const areas = new Float64Array(count);
	const isKnown = new Uint8Array(count);
	let known = 0;
	for (const { from, to } of checkedParts(check, data.length)) {
		for (let pixel = from; pixel < to; pixel++) {
			const superpixel = data[pixel];
			if (isKnown[superpixel] === 0) {
				isKnown[superpixel] = 1;
				numbers[superpixel] = known++;
			}
			areas[numbers[superpixel]]++;
		}
	}
	return { numbers, areas };
}

/** In place. */
function renumber({ check }: Kernels, superpixels: Superpixels, numbers: Uint16Array): Superpixels {
	const { data } = superpixels;
	for (const { from, to } of checkedParts(check, data.length)) {
		for (let pixel = from; pixel < to; pixel++) {
			data[pixel] = numbers[data[pixel]];
		}
	}
	return superpixels;
}
