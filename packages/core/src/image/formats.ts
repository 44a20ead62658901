/** A format that this package decodes. */
export type ImageFormat = "jpeg" | "png" | "webp" | "tiff" | "gif" | "avif" | "bmp" | "heic";

export interface ImageFormatInfo {
	/** Name as people write it. */
	readonly title: string;
	/** Endings of its files, lower case, with the dot. */
	readonly extensions: readonly string[];
	/** What must be installed beside dinoseg to read it. @default nothing */
	readonly package?: string;
}

/** Reads HEIC. Under the LGPL and with a decoder of HEVC in it, so it comes with nothing: who wants it installs it. */
export const HEIC_PACKAGE = "libheif-js";

/** Every format that is decoded, in the order in which messages list them. */
export const IMAGE_FORMATS: Readonly<Record<ImageFormat, ImageFormatInfo>> = {
	jpeg: { title: "JPEG", extensions: [".jpg", ".jpeg", ".jpe", ".jfif"] },
	png: { title: "PNG", extensions: [".png"] },
	webp: { title: "WebP", extensions: [".webp"] },
	tiff: { title: "TIFF", extensions: [".tif", ".tiff"] },
	gif: { title: "GIF", extensions: [".gif"] },
	avif: { title: "AVIF", extensions: [".avif"] },
	bmp: { title: "BMP", extensions: [".bmp", ".dib"] },
	heic: { title: "HEIC", extensions: [".heic", ".heif", ".hif"], package: HEIC_PACKAGE },
};

/** `JPEG, PNG, WebP, TIFF, GIF, AVIF, BMP, HEIC`, for messages. */
export function supportedFormatsText(): string {
	return Object.values(IMAGE_FORMATS)
		.map((format) => format.title)
		.join(", ");
}
