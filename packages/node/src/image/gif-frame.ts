/** Where a frame of a GIF lies on its canvas, pixels, and what becomes of it before the next one. */
interface GifFrame {
	readonly left: number;
	readonly top: number;
	readonly width: number;
	readonly height: number;
	readonly disposal: number;
}

const HEADER_BYTES = 13;
const DESCRIPTOR_BYTES = 10;
const IMAGE = 0x2c;
const EXTENSION = 0x21;
const GRAPHIC_CONTROL = 0xf9;
/** Disposal methods: the frame's place becomes free again, or what it was before. */
const TO_BACKGROUND = 2;
const TO_PREVIOUS = 3;

/**
 * The frames of a GIF in their order, as far as their blocks lie in the file.
 *
 * Source: GIF89a specification, sections 17 to 26.
 */
function* gifFrames(bytes: Uint8Array): Generator<GifFrame> {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	let at = HEADER_BYTES + colorTableBytes(bytes[10]);
	let disposal = 0;
	while (bytes[at] === EXTENSION || bytes[at] === IMAGE) {
		if (bytes[at] === EXTENSION) {
			if (bytes[at + 1] === GRAPHIC_CONTROL) {
				disposal = (bytes[at + 3] >> 2) & 7;
			}
			at = afterBlocks(bytes, at + 2);
			continue;
		}
		if (at + DESCRIPTOR_BYTES > bytes.length) {
			return;
		}
		const side = (offset: number) => view.getUint16(at + offset, true);
		yield { left: side(1), top: side(3), width: side(5), height: side(7), disposal };
		disposal = 0;
		// The byte between the colours and the blocks is the size of the first code.
		at = afterBlocks(bytes, at + DESCRIPTOR_BYTES + colorTableBytes(bytes[at + 9]) + 1);
	}
}

/** The position behind some blocks and the empty one that ends them. */
function afterBlocks(bytes: Uint8Array, at: number): number {
	let end = at;
	while (bytes[end] > 0) {
		end += bytes[end] + 1;
	}
	return end + 1;
}

function colorTableBytes(flags: number): number {
	return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

/**
 * Paint white, as what is transparent is, what no frame covers when a frame is shown: where none was yet, and where one
 * was removed.
 *
 * @param data  the canvas with that frame, shape (height, width, 3). Modified.
 * @param index of the frame, 0-based.
 */
export function whitenUncovered(data: Uint8Array, width: number, gif: Uint8Array, index: number): void {
	const height = data.length / 3 / width;
	let covered = new Uint8Array(width * height);
	const fill = ({ left, top, ...size }: GifFrame, value: number): void => {
		const right = Math.min(left + size.width, width);
		for (let y = top; y < Math.min(top + size.height, height); y++) {
			covered.fill(value, y * width + Math.min(left, width), y * width + right);
		}
	};
	let number = 0;
	for (const frame of gifFrames(gif)) {
		const before = frame.disposal === TO_PREVIOUS ? covered.slice() : covered;
		fill(frame, 1);
		if (number === index) {
			whitenWhere(data, covered);
			return;
		}
		number += 1;
		covered = before;
		if (frame.disposal === TO_BACKGROUND) {
			fill(frame, 0);
		}
	}
}

function whitenWhere(data: Uint8Array, covered: Uint8Array): void {
	for (let pixel = 0; pixel < covered.length; pixel++) {
		if (covered[pixel] === 0) {
			data.fill(255, 3 * pixel, 3 * pixel + 3);
		}
	}
}
