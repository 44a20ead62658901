import type { Kernels } from "@dinoseg/kernels";
import { checkInteger } from "../errors/index.ts";
import type { Dimensions } from "./input-dimensions.ts";
import { checkRgbImage, type RgbImage } from "./rgb-image.ts";

/** Largest side that a resize may produce, pixels. */
const LARGEST_SIDE = 65536;

/**
 * Antialiased bicubic resize (a = -0.5) to exactly `size`; nothing is cropped.
 *
 * Convention: pixel centres at half-integers; a horizontal and a vertical pass, each rounded and clipped to 8 bits.
 * Reference: Pillow `Image.resize(BICUBIC)`, equal on every byte.
 *
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH
 */
export function resizeImage(kernels: Kernels, image: RgbImage, size: Dimensions): RgbImage {
	checkRgbImage("resizeImage", image);
	const { width, height } = size;
	checkInteger("resizeImage", "width", width, { min: 1, max: LARGEST_SIDE });
	checkInteger("resizeImage", "height", height, { min: 1, max: LARGEST_SIDE });
	return { data: kernels.resizeBicubic(image.data, image.width, image.height, 3, width, height), width, height };
}
