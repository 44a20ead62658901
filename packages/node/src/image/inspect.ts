import { checkPixelCount, type ImageFormat } from "@dinoseg/core/image";
import { orCorrupt } from "./decode-failures.ts";
import { OPENERS } from "./decode-opened.ts";
import { checkFormat, readHeader } from "./header.ts";
import { findPage } from "./pages.ts";

/** What the header of a file says. */
export interface ImageHeader {
	readonly format: ImageFormat;
	/** Sides of the first picture, upright, pixels. */
	readonly width: number;
	readonly height: number;
	/** Pictures in the file. */
	readonly pages: number;
}

/**
 * Read what a file says of itself, without decoding its pixels. So a file can still be found damaged later.
 *
 * @param bytes a whole file. Not modified.
 * @throws DinosegError INPUT_EMPTY, IMAGE_UNSUPPORTED, IMAGE_CORRUPT, IMAGE_TOO_LARGE
 */
export async function inspectImage(
	bytes: Uint8Array,
	{ name, maxPixels }: { readonly name: string; readonly maxPixels: number },
): Promise<ImageHeader> {
	const format = checkFormat(bytes, name);
	const { index, count: pages } = await findPage(bytes, name, format, "first");
	const { width, height } =
		format === "bmp" || format === "heic"
			? await readSides(bytes, name, format)
			: (await readHeader(bytes, name, format, index)).autoOrient;
	checkPixelCount(name, { width, height }, maxPixels);
	return { format, width, height, pages };
}

async function readSides(
	bytes: Uint8Array,
	name: string,
	format: keyof typeof OPENERS,
): Promise<{ readonly width: number; readonly height: number }> {
	const picture = await orCorrupt(name, format, () => OPENERS[format](bytes, name));
	picture.close();
	return picture;
}
