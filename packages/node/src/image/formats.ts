/** A format that this package decodes. */
export type ImageFormat = "jpeg" | "png" | "webp" | "tiff" | "gif" | "avif";

export interface ImageFormatInfo {
	/** Name as people write it. */
	readonly title: string;
	/** Endings of its files, lower case, with the dot. */
	readonly extensions: readonly string[];
}

/** Every format that is decoded, in the order in which messages list them. */
export const IMAGE_FORMATS: Readonly<Record<ImageFormat, ImageFormatInfo>> = {
	jpeg: { title: "JPEG", extensions: [".jpg", ".jpeg", ".jpe", ".jfif"] },
	png: { title: "PNG", extensions: [".png"] },
	webp: { title: "WebP", extensions: [".webp"] },
	tiff: { title: "TIFF", extensions: [".tif", ".tiff"] },
	gif: { title: "GIF", extensions: [".gif"] },
	avif: { title: "AVIF", extensions: [".avif"] },
};

/** The endings under which a folder is searched for images. Lower case; compare in lower case. */
export const IMAGE_EXTENSIONS: readonly string[] = Object.values(IMAGE_FORMATS).flatMap((format) => format.extensions);

/** `JPEG, PNG, WebP, TIFF, GIF, AVIF`, for messages. */
export function supportedFormatsText(): string {
	return Object.values(IMAGE_FORMATS)
		.map((format) => format.title)
		.join(", ");
}
