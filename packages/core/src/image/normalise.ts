import type { PreprocessorConfig } from "../model/checkpoint.ts";
import { checkRgbImage, type RgbImage } from "./rgb-image.ts";

/**
 * The network's input: `(pixel * rescaleFactor - mean) / std` per channel, every step rounded to float32.
 *
 * Reference: torchvision `ToTensor` and `Normalize`, equal on every byte for a rescale factor of 1/255.
 *
 * @returns Float32Array, shape (3, height, width).
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH
 */
export function normalise(image: RgbImage, config: PreprocessorConfig): Float32Array {
	checkRgbImage("normalise", image);
	const pixels = image.width * image.height;
	const output = new Float32Array(3 * pixels);
	const levels = new Float32Array(256);
	for (let channel = 0; channel < 3; channel++) {
		const mean = Math.fround(config.mean[channel]);
		const std = Math.fround(config.std[channel]);
		for (let level = 0; level < 256; level++) {
			levels[level] = Math.fround(Math.fround(level * config.rescaleFactor) - mean) / std;
		}
		const plane = channel * pixels;
		for (let i = 0, sample = channel; i < pixels; i++, sample += 3) {
			output[plane + i] = levels[image.data[sample]];
		}
	}
	return output;
}
