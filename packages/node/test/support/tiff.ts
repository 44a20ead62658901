/** Samples of a page; their type is the TIFF's. */
export interface TiffPage {
	readonly width: number;
	readonly height: number;
	readonly channels: 1 | 2 | 3 | 4 | 5;
	/** Shape (height, width, channels). */
	readonly data: Uint8Array | Uint16Array | Int16Array | Uint32Array | Float32Array;
	/** Tag ExtraSamples for the channels after the colours: 0 is unspecified, 2 alpha. */
	readonly extraSamples?: number;
}

const SHORT = 3;
const LONG = 4;

/** An uncompressed little-endian TIFF with one strip per page, for sample types that the encoders do not write. */
export function encodeTiff(pages: readonly TiffPage[]): Uint8Array {
	const header = Buffer.alloc(8);
	header.write("II*\0", "latin1");
	const parts: Buffer[] = [header];
	let size = header.length;
	let pointer = { buffer: header, at: 4 };
	const append = (part: Buffer): number => {
		const at = size;
		parts.push(part, Buffer.alloc(part.length % 2));
		size += part.length + (part.length % 2);
		return at;
	};
	for (const page of pages) {
		const pixels = Buffer.from(page.data.buffer, page.data.byteOffset, page.data.byteLength);
		const strip = append(pixels);
		const colours = page.channels >= 3 ? 3 : 1;
		const extra = new Array(page.channels - colours).fill(page.extraSamples ?? 0);
		const kind = page.data instanceof Float32Array ? 3 : page.data instanceof Int16Array ? 2 : 1;
		const entries: [tag: number, type: number, values: number[]][] = [
			[256, LONG, [page.width]],
			[257, LONG, [page.height]],
			[258, SHORT, new Array(page.channels).fill(page.data.BYTES_PER_ELEMENT * 8)],
			[259, SHORT, [1]],
			[262, SHORT, [colours === 3 ? 2 : 1]],
			[273, LONG, [strip]],
			[277, SHORT, [page.channels]],
			[278, LONG, [page.height]],
			[279, LONG, [pixels.length]],
			...(extra.length > 0 ? [[338, SHORT, extra] as [number, number, number[]]] : []),
			[339, SHORT, new Array(page.channels).fill(kind)],
		];
		const values = entries.map(([, type, list]) => encodeValues(type, list, append));
		const directory = Buffer.alloc(2 + 12 * entries.length + 4);
		directory.writeUInt16LE(entries.length, 0);
		entries.forEach(([tag, type, list], index) => {
			const at = 2 + 12 * index;
			directory.writeUInt16LE(tag, at);
			directory.writeUInt16LE(type, at + 2);
			directory.writeUInt32LE(list.length, at + 4);
			values[index].copy(directory, at + 8);
		});
		pointer.buffer.writeUInt32LE(append(directory), pointer.at);
		pointer = { buffer: directory, at: directory.length - 4 };
	}
	return Buffer.concat(parts);
}

/** The four bytes of a directory entry: the values, or where they were put. */
function encodeValues(type: number, list: readonly number[], append: (part: Buffer) => number): Buffer {
	const bytes = Buffer.alloc(Math.max(4, list.length * (type === SHORT ? 2 : 4)));
	list.forEach((value, index) => {
		if (type === SHORT) {
			bytes.writeUInt16LE(value, 2 * index);
		} else {
			bytes.writeUInt32LE(value, 4 * index);
		}
	});
	if (bytes.length > 4) {
		const at = append(bytes);
		const pointer = Buffer.alloc(4);
		pointer.writeUInt32LE(at);
		return pointer;
	}
	return bytes;
}
