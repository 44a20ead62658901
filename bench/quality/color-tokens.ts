import { inputDimensions, labOf, type RgbImage, resizeImage } from "@dinoseg/core/image";
import { type GridShape, type TokenGrid, tokenGridSize } from "@dinoseg/core/tensor";
import type { Kernels } from "@dinoseg/kernels";

const DIM = 3;

export interface ColorTokenOptions {
	/** Longer side of the resized picture, pixels. */
	readonly inputSize: number;
	readonly patchSize: number;
	/** Step between patches, pixels of the resized picture. */
	readonly stride: number;
}

/**
 * The mean CIELAB colour of each patch, on the grid that the network's tokens have.
 *
 * @param blurred the picture after the median blur.
 */
export function colorTokens(
	kernels: Kernels,
	blurred: RgbImage,
	{ inputSize, patchSize, stride }: ColorTokenOptions,
): TokenGrid {
	const size = inputDimensions(blurred, inputSize, patchSize);
	const grid = {
		...tokenGridSize(size, patchSize, stride),
		patchSize,
		stride,
		inputWidth: size.width,
		inputHeight: size.height,
	};
	return {
		...grid,
		data: patchMeans(resizeImage(kernels, blurred, size), grid),
		norms: new Float32Array(grid.rows * grid.cols).fill(1),
		dim: DIM,
		imageWidth: blurred.width,
		imageHeight: blurred.height,
	};
}

/** Shape (rows, cols, 3). */
function patchMeans(image: RgbImage, { rows, cols, patchSize, stride }: GridShape): Float32Array {
	const { channels, width } = labOf(image);
	const means = new Float32Array(rows * cols * DIM);
	for (let token = 0; token < rows * cols; token++) {
		const top = Math.floor(token / cols) * stride;
		const left = (token % cols) * stride;
		const sums = [0, 0, 0];
		for (let y = top; y < top + patchSize; y++) {
			for (let x = left; x < left + patchSize; x++) {
				for (let channel = 0; channel < DIM; channel++) {
					sums[channel] += channels[channel][y * width + x];
				}
			}
		}
		means.set(
			sums.map((sum) => sum / patchSize ** 2),
			token * DIM,
		);
	}
	return means;
}
