import type { Kernels } from "@dinoseg/kernels";
import { checkOddWindow } from "../errors/index.ts";
import { MEDIAN_WINDOWS } from "../options/index.ts";
import { checkRgbImage, type RgbImage } from "./rgb-image.ts";

export interface MedianBlurOptions {
	/** Side of the square window, pixels: odd, 3 to 101, or 0 for no blur. */
	readonly window: number;
}

/**
 * Median blur of each channel on its own: removes impulse noise, keeps edges.
 *
 * Convention: border replicated. With window 0 the same image is returned, else a new one.
 * Reference: `cv2.medianBlur`, equal on every byte.
 *
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH
 */
export function medianBlur(kernels: Kernels, image: RgbImage, options: MedianBlurOptions): RgbImage {
	const { window } = options;
	checkRgbImage("medianBlur", image);
	if (window === 0) {
		return image;
	}
	checkOddWindow("medianBlur", "window", window, MEDIAN_WINDOWS);
	const { width, height } = image;
	return { data: kernels.medianFilter(image.data, width, height, 3, window), width, height };
}
