import { directoryOffset, readDirectory, tiffFields } from "./tiff-fields.ts";
import { readNumbers } from "./tiff-tags.ts";

/** A picture of a TIFF. */
export interface TiffPage {
	/** Its place in the chain of all directories, 0-based. */
	readonly index: number;
	/** Where its directory lies, bytes. */
	readonly directory: number;
}

const NEW_SUBFILE_TYPE = 254;
const SUBFILE_TYPE = 255;
/** Bits of NewSubfileType: a smaller copy of another picture, and a mask of one. */
const NO_PAGE = 0b101;
/** The old tag's value for a smaller copy. */
const OLD_REDUCED = 2;

/** Directories of one file, and tags in all of them, that are looked at: what lies behind is no page. */
const MOST_DIRECTORIES = 2 ** 16;
const MOST_TAGS = 2 ** 22;

/**
 * The pages of a TIFF: the pictures of its chain of directories without smaller copies (thumbnails, overviews) and masks.
 * The chain ends where it runs in a circle or out of the file.
 *
 * @param bytes a TIFF or BigTIFF. Not modified.
 * @returns at least one: the first directory, if none is a page.
 * @throws RangeError if the header does not lie in the file.
 */
export function tiffPages(bytes: Uint8Array): readonly TiffPage[] {
	const fields = tiffFields(bytes);
	const first = directoryOffset(fields);
	const pages: TiffPage[] = [];
	const seen = new Set<number>();
	let tags = 0;
	for (let directory = first; directory !== 0 && !seen.has(directory); ) {
		try {
			const { entries, next } = readDirectory(fields, directory);
			tags += entries.size;
			const numbers = (tag: number) => (entries.has(tag) ? readNumbers(fields, entries.get(tag) as number) : []);
			const [type = 0] = numbers(NEW_SUBFILE_TYPE);
			const [oldType] = numbers(SUBFILE_TYPE);
			if ((type & NO_PAGE) === 0 && oldType !== OLD_REDUCED) {
				pages.push({ index: seen.size, directory });
			}
			seen.add(directory);
			directory = next();
		} catch (error) {
			if (error instanceof RangeError) {
				break;
			}
			throw error;
		}
		if (seen.size === MOST_DIRECTORIES || tags > MOST_TAGS) {
			break;
		}
	}
	return pages.length > 0 ? pages : [{ index: 0, directory: first }];
}
