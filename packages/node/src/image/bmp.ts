import type { OpenedPicture } from "./opened-picture.ts";

const FILE_HEADER_BYTES = 14;
/** The header of OS/2, whose sides have 16 bits. */
const CORE_HEADER_BYTES = 12;

/** Values of the field Compression for pictures of other formats inside. */
const EMBEDDED = new Map([
	[4, "JPEG"],
	[5, "PNG"],
]);

/** What the decoder can address, with the file beside the pixels. */
const MOST_BYTES = 2 ** 31;

/**
 * Open a BMP: 1, 4, 8, 16, 24 and 32 bits, palettes, run lengths, any masks, from the bottom or the top.
 *
 * Convention: pixels that run lengths leave out, and indices beyond the palette, are transparent. Alpha that is 0
 * everywhere counts as none, as in browsers.
 *
 * @param bytes a whole file. Not modified.
 * @throws Error if the header is not one of a BMP; RangeError if it does not lie in the file.
 */
export async function openBmp(bytes: Uint8Array): Promise<OpenedPicture> {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const isCore = view.getUint32(FILE_HEADER_BYTES, true) === CORE_HEADER_BYTES;
	const width = isCore ? view.getUint16(18, true) : view.getInt32(18, true);
	const height = isCore ? view.getUint16(20, true) : Math.abs(view.getInt32(22, true));
	const embedded = isCore ? undefined : EMBEDDED.get(view.getUint32(30, true));
	if (embedded !== undefined) {
		throw new Error(`${embedded} inside is not supported`);
	}
	if (width < 1 || height < 1) {
		throw new Error(`its sides are ${width} x ${height} pixels`);
	}
	return {
		width,
		height,
		warnings: [],
		async read() {
			if (bytes.length + 4 * width * height > MOST_BYTES) {
				throw new Error(`a BMP of ${width} x ${height} pixels is not supported`);
			}
			const { decode } = await import("@cwasm/nsbmp");
			return opaqueUnlessSeen(decodePixels(decode, bytes));
		},
		close() {},
	};
}

function decodePixels(
	decode: (bytes: Uint8Array) => { readonly data: Uint8ClampedArray },
	bytes: Uint8Array,
): Uint8Array {
	try {
		const { data } = decode(bytes);
		return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
	} catch (cause) {
		throw new Error("its pixels cannot be read", { cause });
	}
}

/** Programs that know no alpha write 0 into its place. */
function opaqueUnlessSeen(rgba: Uint8Array): Uint8Array {
	for (let at = 3; at < rgba.length; at += 4) {
		if (rgba[at] > 0) {
			return rgba;
		}
	}
	for (let at = 3; at < rgba.length; at += 4) {
		rgba[at] = 255;
	}
	return rgba;
}
