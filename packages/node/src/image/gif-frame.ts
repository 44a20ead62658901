/** Where the first frame of a GIF lies on its canvas, pixels. */
export interface GifFrame {
	readonly left: number;
	readonly top: number;
	readonly width: number;
	readonly height: number;
}

const HEADER_BYTES = 13;
const IMAGE = 0x2c;
const EXTENSION = 0x21;

/**
 * Find the first frame of a GIF.
 *
 * Source: GIF89a specification, sections 17 to 26.
 *
 * @returns undefined if the blocks before it do not lie in the file.
 */
export function firstGifFrame(bytes: Uint8Array): GifFrame | undefined {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	let at = HEADER_BYTES + colorTableBytes(bytes[10]);
	while (bytes[at] === EXTENSION) {
		at += 2;
		while (bytes[at] > 0) {
			at += bytes[at] + 1;
		}
		at += 1;
	}
	if (bytes[at] !== IMAGE || at + 9 > bytes.length) {
		return undefined;
	}
	const side = (offset: number) => view.getUint16(at + offset, true);
	return { left: side(1), top: side(3), width: side(5), height: side(7) };
}

function colorTableBytes(flags: number): number {
	return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

/**
 * Paint what a frame leaves of its canvas white, as what is transparent is.
 *
 * @param data shape (height, width, 3). Modified.
 */
export function whitenAround(data: Uint8Array, width: number, { left, top, ...size }: GifFrame): void {
	const height = data.length / 3 / width;
	for (let y = 0; y < height; y++) {
		const isInside = y >= top && y < top + size.height;
		const row = data.subarray(3 * y * width, 3 * (y + 1) * width);
		row.fill(255, 0, isInside ? 3 * left : undefined);
		row.fill(255, 3 * (left + size.width));
	}
}
