import { checkInteger, checkLength } from "../errors/index.ts";

/** A decoded picture: sRGB, 8 bits, EXIF orientation already applied. */
export interface RgbImage {
	/** Shape (height, width, 3), row-major. */
	readonly data: Uint8Array;
	readonly width: number;
	readonly height: number;
}

/**
 * Throw unless the sides are positive integers and `data` holds height x width x 3 bytes.
 *
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH
 */
export function checkRgbImage(where: string, image: RgbImage): void {
	checkInteger(where, "image width", image.width, { min: 1, max: 2 ** 24 });
	checkInteger(where, "image height", image.height, { min: 1, max: 2 ** 24 });
	checkLength(where, "image data (height, width, 3)", image.data, image.height, image.width, 3);
}
