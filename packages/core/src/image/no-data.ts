import { DinosegError, optionName } from "../errors/index.ts";
import type { RgbImage } from "./rgb-image.ts";
import type { Samples } from "./stretch.ts";

/**
 * Which pixels have data: those of which some band is neither the value that stands for none nor NaN.
 *
 * @param samples  shape (pixels, channels). Not modified.
 * @param channels of a pixel.
 * @param bands    channels that are looked at, 0-based.
 * @param noData   value of samples that were not measured. @default none; NaN still is
 * @returns shape (pixels,), 1 where there are data; undefined if every pixel has.
 */
export function validPixels(
	samples: Samples,
	channels: number,
	bands: readonly number[],
	noData: number | undefined,
): Uint8Array | undefined {
	const isFloat = samples instanceof Float32Array;
	if (!isFloat && noData === undefined) {
		return undefined;
	}
	const absent = isFloat ? Math.fround(noData ?? Number.NaN) : (noData as number);
	const valid = new Uint8Array(samples.length / channels);
	let count = 0;
	for (let pixel = 0, at = 0; pixel < valid.length; pixel++, at += channels) {
		for (const band of bands) {
			const sample = samples[at + band];
			if (sample !== absent && !Number.isNaN(sample)) {
				valid[pixel] = 1;
				count++;
				break;
			}
		}
	}
	return count === valid.length ? undefined : valid;
}

/**
 * Give pixels without data the mean colour of the others, so that the network sees no edge of black or white there.
 *
 * @param image changed in place.
 * @param valid shape (height, width), 1 where there are data.
 * @param name  of the picture, for the message.
 * @throws DinosegError IMAGE_UNSUPPORTED if no pixel has data
 */
export function fillNoData({ data }: RgbImage, valid: Uint8Array, name: string): void {
	const sums = [0, 0, 0];
	let count = 0;
	for (let pixel = 0; pixel < valid.length; pixel++) {
		if (valid[pixel] === 1) {
			count++;
			sums[0] += data[pixel * 3];
			sums[1] += data[pixel * 3 + 1];
			sums[2] += data[pixel * 3 + 2];
		}
	}
	if (count === 0) {
		throw new DinosegError(
			"IMAGE_UNSUPPORTED",
			`${name}: no pixel has data: in each, all bands are the value that stands for none, or NaN. ` +
				`Let ${optionName("nodata")} name another value, or be none.`,
		);
	}
	const [red, green, blue] = sums.map((sum) => Math.floor(sum / count + 0.5));
	for (let pixel = 0; pixel < valid.length; pixel++) {
		if (valid[pixel] === 0) {
			data[pixel * 3] = red;
			data[pixel * 3 + 1] = green;
			data[pixel * 3 + 2] = blue;
		}
	}
}
