import { createHash } from "node:crypto";
import { VERSION } from "@dinoseg/core";
import { type Dtype, formatOptions, type SegmentationOptions } from "@dinoseg/core/options";

/** All that decides one segmentation, but for the weights behind the model's name. */
export interface SegmentationRequest {
	/** sha256 of the image's bytes, hex. */
	readonly imageId: string;
	readonly model: string;
	readonly dtype: Dtype;
	readonly options: SegmentationOptions;
}

/** Hexadecimal digits of the name of a segmentation. */
const ID_LENGTH = 32;

/**
 * The name of a segmentation: the same for all that give the same bytes.
 *
 * @param modelDigest of the weights.
 * @param device      execution provider of onnxruntime.
 */
export function segmentationId(
	{ imageId, model, dtype, options }: SegmentationRequest,
	modelDigest: string,
	device: string,
): string {
	const decided = [VERSION, imageId, model, modelDigest, dtype, device, formatOptions(options)];
	return createHash("sha256").update(JSON.stringify(decided)).digest("hex").slice(0, ID_LENGTH);
}
