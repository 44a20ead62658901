import type { Kernels } from "@dinoseg/kernels";
import { inputDimensions, normalise, type RgbImage, resizeImage } from "../image/index.ts";
import type { PreprocessorConfig } from "../model/checkpoint.ts";
import type { InputSize } from "../options/index.ts";
import { type TokenGrid, tokenGridSize } from "../tensor/index.ts";

/** A picture ready for the network, with the grid that its tokens will have. */
export interface PreparedPicture {
	/** Shape (3, height, width), normalised. */
	readonly pixels: Float32Array;
	readonly grid: Omit<TokenGrid, "data" | "norms" | "dim">;
}

/** What the network asks of its input. */
export interface PreparedPictureOptions {
	readonly inputSize: InputSize;
	readonly patchSize: number;
	/** Step between patches, input pixels. @default one patch */
	readonly stride?: number;
	readonly preprocessor: PreprocessorConfig;
}

/**
 * Resize a picture to multiples of the patch and normalise it.
 *
 * @param image the picture after the median blur, (height, width, 3).
 * @throws DinosegError OPTION_INVALID if an exact input size is no multiple of the patch.
 */
export function prepareNetworkInput(
	kernels: Kernels,
	image: RgbImage,
	options: PreparedPictureOptions,
): PreparedPicture {
	const { patchSize, stride = patchSize } = options;
	const size = inputDimensions(image, options.inputSize, patchSize);
	return {
		pixels: normalise(resizeImage(kernels, image, size), options.preprocessor),
		grid: {
			...tokenGridSize(size, patchSize, stride),
			patchSize,
			stride,
			inputWidth: size.width,
			inputHeight: size.height,
			imageWidth: image.width,
			imageHeight: image.height,
		},
	};
}
