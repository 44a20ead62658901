import type { ImageFormat } from "./formats.ts";

/** What the first bytes of a file say that it is. */
export type SniffedFormat =
	| { readonly supported: true; readonly format: ImageFormat }
	/** `title`: name of a known format that is not decoded; absent when the bytes are of no known kind. */
	| { readonly supported: false; readonly title?: string };

/** Bytes at an offset; a string stands for its Latin-1 bytes. */
type Signature = readonly [offset: number, bytes: string];

/** TIFF-based camera files are listed before TIFF itself, because they begin like it. */
const SIGNATURES: readonly (readonly [title: string, format: ImageFormat | undefined, ...signatures: Signature[]])[] = [
	["JPEG", "jpeg", [0, "\xff\xd8\xff"]],
	["PNG", "png", [0, "\x89PNG\r\n\x1a\n"]],
	["GIF", "gif", [0, "GIF87a"]],
	["GIF", "gif", [0, "GIF89a"]],
	["WebP", "webp", [0, "RIFF"], [8, "WEBP"]],
	["Canon RAW (CR2)", undefined, [0, "II*\0"], [8, "CR"]],
	["TIFF", "tiff", [0, "II*\0"]],
	["TIFF", "tiff", [0, "MM\0*"]],
	["TIFF", "tiff", [0, "II+\0"]],
	["TIFF", "tiff", [0, "MM\0+"]],
	["Panasonic RAW", undefined, [0, "IIU\0"]],
	["Olympus RAW", undefined, [0, "IIRO"]],
	["Fujifilm RAW", undefined, [0, "FUJIFILM"]],
	["JPEG XL", undefined, [0, "\xff\x0a"]],
	["JPEG XL", undefined, [0, "\0\0\0\x0cJXL \r\n\x87\n"]],
	["JPEG 2000", undefined, [0, "\0\0\0\x0cjP  "]],
	["JPEG 2000", undefined, [0, "\xff\x4f\xff\x51"]],
	["JPEG XR", undefined, [0, "II\xbc"]],
	// The reserved fields of a BMP are zero, which text that begins with "BM" never has.
	["BMP", "bmp", [0, "BM"], [6, "\0\0\0\0"]],
	["PDF", undefined, [0, "%PDF-"]],
	["PostScript", undefined, [0, "%!PS"]],
	["Photoshop (PSD)", undefined, [0, "8BPS"]],
	["ICO", undefined, [0, "\0\0\x01\0"]],
	["OpenEXR", undefined, [0, "\x76\x2f\x31\x01"]],
	["Radiance HDR", undefined, [0, "#?RADIANCE"]],
	["DICOM", undefined, [128, "DICM"]],
	["FITS", undefined, [0, "SIMPLE  ="]],
	["DDS", undefined, [0, "DDS "]],
	["GIMP (XCF)", undefined, [0, "gimp xcf"]],
	["HDF5", undefined, [0, "\x89HDF\r\n\x1a\n"]],
	["NumPy array", undefined, [0, "\x93NUMPY"]],
	["ZIP archive", undefined, [0, "PK\x03\x04"]],
	["gzip archive", undefined, [0, "\x1f\x8b"]],
	["Matroska or WebM video", undefined, [0, "\x1a\x45\xdf\xa3"]],
	["AVI video", undefined, [0, "RIFF"], [8, "AVI "]],
	["Git LFS pointer (the image itself was not fetched)", undefined, [0, "version https://git-lfs"]],
];

/** First word of a text format, after any byte order mark, spaces and comments. */
const TEXT_SIGNATURES: readonly (readonly [title: string, pattern: RegExp])[] = [
	["SVG", /^(?:<\?xml|<!--|<!DOCTYPE svg|<svg)[\s\S]*<svg|^<svg/i],
	["HTML page", /^(?:<!DOCTYPE html|<html)/i],
	["PNM", /^P[1-7]\s+(?:#|\d|WIDTH)/],
];

/** Bytes of a text that are read when looking for its first words. */
const TEXT_WINDOW = 4096;

/**
 * Tell a format by its first bytes, never by its name.
 *
 * Only what this function calls supported may reach the decoder: the library behind it would also open SVG, which
 * can name other files.
 *
 * @param bytes the file, or at least its first 4096 bytes.
 */
export function sniffImageFormat(bytes: Uint8Array): SniffedFormat {
	for (const [title, format, ...signatures] of SIGNATURES) {
		if (signatures.every(([offset, text]) => matches(bytes, offset, text))) {
			return format === undefined ? { supported: false, title } : { supported: true, format };
		}
	}
	if (matches(bytes, 4, "ftyp")) {
		return sniffBaseMedia(bytes);
	}
	const text = latin1(bytes, 0, TEXT_WINDOW)
		.replace(/^\xef\xbb\xbf/, "")
		.trimStart();
	const found = TEXT_SIGNATURES.find(([, pattern]) => pattern.test(text));
	return found === undefined ? { supported: false } : { supported: false, title: found[0] };
}

/** The brands of an ISO base media file (`ftyp` box) tell AVIF from HEIC and from video. */
function sniffBaseMedia(bytes: Uint8Array): SniffedFormat {
	const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
	const brands = [latin1(bytes, 8, 12)];
	for (let at = 16; at + 4 <= Math.min(size, bytes.length, TEXT_WINDOW); at += 4) {
		brands.push(latin1(bytes, at, at + 4));
	}
	if (brands[0] === "avis") {
		return { supported: false, title: "an animated AVIF" };
	}
	if (brands.includes("avif")) {
		return { supported: true, format: "avif" };
	}
	if (brands.some((brand) => /^(?:he[iv][cxms]|mif1|msf1)$/.test(brand))) {
		return { supported: true, format: "heic" };
	}
	return { supported: false, title: brands[0] === "crx " ? "Canon RAW (CR3)" : "MP4 or QuickTime video" };
}

function matches(bytes: Uint8Array, offset: number, text: string): boolean {
	if (bytes.length < offset + text.length) {
		return false;
	}
	for (let i = 0; i < text.length; i++) {
		if (bytes[offset + i] !== text.charCodeAt(i)) {
			return false;
		}
	}
	return true;
}

function latin1(bytes: Uint8Array, begin: number, end: number): string {
	return String.fromCharCode(...bytes.subarray(begin, end));
}
