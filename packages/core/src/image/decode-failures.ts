import { DinosegError, optionName } from "../errors/index.ts";
import { IMAGE_FORMATS, type ImageFormat, supportedFormatsText } from "./formats.ts";

/**
 * Throw if a picture has more pixels than are allowed.
 *
 * @throws DinosegError IMAGE_TOO_LARGE
 */
export function checkPixelCount(
	name: string,
	{ width, height }: { readonly width: number; readonly height: number },
	maxPixels: number,
): void {
	if (width * height > maxPixels) {
		throw new DinosegError(
			"IMAGE_TOO_LARGE",
			`${name}: ${width} x ${height} = ${width * height} pixels, at most ${maxPixels} are allowed. ` +
				`Raise ${optionName("maxPixels")} (memory grows with it) or shrink the image.`,
			{ details: { width, height, pixels: width * height, maxPixels } },
		);
	}
}

/** The error for a file that is damaged. */
export function corruptImage(name: string, format: ImageFormat, reason: string, cause?: unknown): DinosegError {
	return new DinosegError(
		"IMAGE_CORRUPT",
		`${name}: this ${IMAGE_FORMATS[format].title} is damaged or incomplete (${reason}). ` +
			"Copy or download it again, or save it anew from an image program.",
		{ details: { format }, cause },
	);
}

/** The error for a whole file that is not read. `found`: what it is, said of the file. */
export function unsupportedImage(name: string, found: string, remedy: string): DinosegError {
	return new DinosegError("IMAGE_UNSUPPORTED", `${name}: ${found}. Supported are ${supportedFormatsText()}. ${remedy}`);
}
