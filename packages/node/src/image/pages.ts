import { pageMissing } from "@dinoseg/core/errors";
import { type ImageFormat, sniffImageFormat } from "@dinoseg/core/image";
import type { PageOption } from "@dinoseg/core/options";
import sharp from "sharp";
import { orCorrupt } from "./decode-failures.ts";
import { type TiffPage, tiffPages } from "./tiff-pages.ts";

/** The formats whose files can hold several pictures. */
const PAGED: readonly ImageFormat[] = ["tiff", "gif", "webp", "avif"];

/** The picture of a file that is taken. */
export interface FoundPage {
	/** 1-based. */
	readonly number: number;
	/** Pictures in the file. */
	readonly count: number;
	/** As the image library counts: 0-based, with what is no page of a TIFF. */
	readonly index: number;
	/** Of a TIFF. */
	readonly directory: number | undefined;
}

/**
 * Find a page of a file: a picture of a TIFF, or a frame.
 *
 * @param name of the file in messages.
 * @throws DinosegError PAGE_NOT_FOUND, IMAGE_UNSUPPORTED, IMAGE_CORRUPT
 */
export async function findPage(
	bytes: Uint8Array,
	name: string,
	format: ImageFormat,
	page: PageOption,
): Promise<FoundPage> {
	const number = page === "first" ? 1 : page;
	const { count, pages } = await orCorrupt(name, format, () => pagesOf(bytes, format));
	if (number > count) {
		throw pageMissing(name, number, count);
	}
	const { index, directory } = pages?.[number - 1] ?? { index: number - 1, directory: undefined };
	return { number, count, index, directory };
}

/**
 * How many pictures a file holds; undefined of what is no image, or a damaged one: decoding tells why.
 *
 * @param bytes a whole file; the first 4096 bytes of one that cannot have pages. Not modified.
 */
export async function countPages(bytes: Uint8Array): Promise<number | undefined> {
	const sniffed = sniffImageFormat(bytes);
	if (!sniffed.supported) {
		return undefined;
	}
	return pagesOf(bytes, sniffed.format).then(
		({ count }) => count,
		() => undefined,
	);
}

/** True if a file can hold several pictures. @param head its first 4096 bytes. */
export function canHavePages(head: Uint8Array): boolean {
	const sniffed = sniffImageFormat(head);
	return sniffed.supported && PAGED.includes(sniffed.format);
}

async function pagesOf(
	bytes: Uint8Array,
	format: ImageFormat,
): Promise<{ readonly count: number; readonly pages?: readonly TiffPage[] }> {
	if (format === "tiff") {
		const pages = tiffPages(bytes);
		return { count: pages.length, pages };
	}
	if (!PAGED.includes(format)) {
		return { count: 1 };
	}
	const { pages = 1 } = await sharp(bytes, { limitInputPixels: false }).metadata();
	return { count: pages };
}
