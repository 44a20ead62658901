import { DinosegError, optionName } from "@dinoseg/core/errors";
import { IMAGE_FORMATS, type ImageFormat, supportedFormatsText } from "./formats.ts";

/** What the library says of files that are whole, and that it was not built to read. */
const NOT_READ = /not (?:supported|configured|implemented)|no known route/i;

/**
 * What an action of a decoder gives.
 *
 * @throws DinosegError IMAGE_UNSUPPORTED for what the decoder cannot read, IMAGE_CORRUPT for any other failure
 */
export async function orCorrupt<T>(name: string, format: ImageFormat, action: () => Promise<T>): Promise<T> {
	try {
		return await action();
	} catch (cause) {
		if (cause instanceof DinosegError) {
			throw cause;
		}
		const reason = decoderReason(cause);
		if (NOT_READ.test(reason) || /^Unknown compression/.test(reason)) {
			const found = `this ${IMAGE_FORMATS[format].title} has a feature that dinoseg does not read (${reason})`;
			throw unsupported(name, found, "Save it anew from an image program, as PNG for example.");
		}
		throw corrupt(name, format, reason, cause);
	}
}

/** The first line of what the decoder said, without what the message around it says already. */
function decoderReason(cause: unknown): string {
	const [line] = String((cause as Error).message).split("\n");
	const reason = line.replace(/^Input buffer (?:has corrupt header:?|contains unsupported image format)\s*/, "");
	return reason === "" ? "its header cannot be read" : reason;
}

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
export function corrupt(name: string, format: ImageFormat, reason: string, cause?: unknown): DinosegError {
	return new DinosegError(
		"IMAGE_CORRUPT",
		`${name}: this ${IMAGE_FORMATS[format].title} is damaged or incomplete (${reason}). ` +
			"Copy or download it again, or save it anew from an image program.",
		{ details: { format }, cause },
	);
}

/** The error for a whole file that is not read. `found`: what it is, said of the file. */
export function unsupported(name: string, found: string, remedy: string): DinosegError {
	return new DinosegError("IMAGE_UNSUPPORTED", `${name}: ${found}. Supported are ${supportedFormatsText()}. ${remedy}`);
}
