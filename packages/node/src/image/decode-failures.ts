import { DinosegError } from "@dinoseg/core/errors";
import { corruptImage, IMAGE_FORMATS, type ImageFormat, unsupportedImage } from "@dinoseg/core/image";

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
			throw unsupportedImage(name, found, "Save it anew from an image program, as PNG for example.");
		}
		throw corruptImage(name, format, reason, cause);
	}
}

/** The first line of what the decoder said, without what the message around it says already. */
function decoderReason(cause: unknown): string {
	const [line] = String((cause as Error).message).split("\n");
	const reason = line.replace(/^Input buffer (?:has corrupt header:?|contains unsupported image format)\s*/, "");
	return reason === "" ? "its header cannot be read" : reason;
}
