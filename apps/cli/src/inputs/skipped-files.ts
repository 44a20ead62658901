import { extname } from "node:path";

/** Image types that are not read, HEIC where its package is not installed, by the endings of their files. */
const OTHER_TYPES: Readonly<Record<string, string>> = {
	".heic": "HEIC",
	".heif": "HEIC",
	".hif": "HEIC",
	".jxl": "JPEG XL",
	".jp2": "JPEG 2000",
	".j2k": "JPEG 2000",
	".jpx": "JPEG 2000",
	".dng": "camera RAW",
	".cr2": "camera RAW",
	".cr3": "camera RAW",
	".nef": "camera RAW",
	".arw": "camera RAW",
	".orf": "camera RAW",
	".rw2": "camera RAW",
	".raf": "camera RAW",
	".psd": "PSD",
	".svg": "SVG",
	".ico": "ICO",
	".tga": "TGA",
	".exr": "OpenEXR",
	".hdr": "Radiance HDR",
	".pnm": "PNM",
	".ppm": "PNM",
	".pgm": "PNM",
	".pbm": "PNM",
	".dcm": "DICOM",
	".fits": "FITS",
	".czi": "CZI",
	".nd2": "ND2",
	".lif": "LIF",
};

/** How many files of folders were skipped, by what they are: `{ HEIC: 2, "dead link": 1 }`. */
export type SkippedCounts = Readonly<Record<string, number>>;

/** How often each kind of skipped file is there. */
export function countSkipped(kinds: readonly string[]): SkippedCounts {
	const counts: Record<string, number> = {};
	for (const kind of kinds) {
		counts[kind] = (counts[kind] ?? 0) + 1;
	}
	return counts;
}

/** The type of an image that is not read; undefined for other files. */
export function skippedType(path: string): string | undefined {
	const ending = extname(path).toLowerCase();
	return Object.hasOwn(OTHER_TYPES, ending) ? OTHER_TYPES[ending] : undefined;
}

/** `skipped 3: 2 HEIC, 1 BMP`, the most frequent first; undefined if there are none. */
export function describeSkipped(counts: SkippedCounts): string | undefined {
	const entries = Object.entries(counts).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
	const total = entries.reduce((sum, [, count]) => sum + count, 0);
	return total === 0 ? undefined : `skipped ${total}: ${entries.map(([what, count]) => `${count} ${what}`).join(", ")}`;
}
