/** Samples of a page; their type is the TIFF's. */
export interface TiffPage {
	readonly width: number;
	readonly height: number;
	readonly channels: 1 | 2 | 3 | 4 | 5;
	/** Shape (height, width, channels). */
	readonly data: Uint8Array | Uint16Array | Int16Array | Uint32Array | Float32Array;
	/** Tag ExtraSamples for the channels after the colours: 0 is unspecified, 2 alpha. */
	readonly extraSamples?: number;
	/** Tags beside those of the samples. @default none */
	readonly tags?: readonly TiffTag[];
}

export interface TiffTag {
	readonly tag: number;
	readonly type: number;
	readonly values: readonly number[];
	/** Number of values that the directory tells. @default how many there are */
	readonly count?: number;
	/** Where the directory says that values of more than four or eight bytes lie. @default where they are */
	readonly offset?: number;
}

export interface TiffOptions {
	/** Only for samples of 8 bits. @default false */
	readonly bigEndian?: boolean;
	/** A BigTIFF, whose offsets have 64 bits. @default false */
	readonly big?: boolean;
}

export const SHORT = 3;
export const LONG = 4;
export const DOUBLE = 12;
const LONG8 = 16;
const BYTES: Readonly<Record<number, number>> = { [SHORT]: 2, [LONG]: 4, [DOUBLE]: 8, [LONG8]: 8 };

/** An uncompressed TIFF with one strip per page, for sample types and tags that the encoders do not write. */
export function encodeTiff(pages: readonly TiffPage[], options: TiffOptions = {}): Uint8Array {
	const { bigEndian = false, big = false } = options;
	const offsetType = big ? LONG8 : LONG;
	const encode = (type: number, values: readonly number[]): Buffer => encodeValues(type, values, bigEndian);
	const parts: Buffer[] = [Buffer.from(bigEndian ? "MM" : "II", "latin1"), encode(SHORT, [big ? 43 : 42])];
	if (big) {
		parts.push(encode(SHORT, [8, 0]));
	}
	let pointer = Buffer.alloc(BYTES[offsetType]);
	parts.push(pointer);
	let size = parts.reduce((sum, part) => sum + part.length, 0);
	const append = (part: Buffer): number => {
		const at = size;
		const padding = part.length % 2;
		parts.push(part, Buffer.alloc(padding));
		size += part.length + padding;
		return at;
	};
	for (const page of pages) {
		const strip = append(Buffer.from(page.data.buffer, page.data.byteOffset, page.data.byteLength));
		const tags = [...sampleTags(page, strip), ...(page.tags ?? [])].sort((a, b) => a.tag - b.tag);
		const entries = tags.map(({ tag, type, values, count = values.length, offset }) => {
			const bytes = encode(type, values);
			const fits = bytes.length <= BYTES[offsetType];
			const value = fits
				? Buffer.concat([bytes, Buffer.alloc(BYTES[offsetType] - bytes.length)])
				: encode(offsetType, [offset ?? append(bytes)]);
			return Buffer.concat([encode(SHORT, [tag, type]), encode(offsetType, [count]), value]);
		});
		const next = Buffer.alloc(BYTES[offsetType]);
		const directory = append(Buffer.concat([encode(big ? LONG8 : SHORT, [entries.length]), ...entries]));
		parts.push(next);
		size += next.length;
		pointer.set(encode(offsetType, [directory]));
		pointer = next;
	}
	return Buffer.concat(parts);
}

function sampleTags(page: TiffPage, strip: number): TiffTag[] {
	const colours = page.channels >= 3 ? 3 : 1;
	const extra = new Array<number>(page.channels - colours).fill(page.extraSamples ?? 0);
	const kind = page.data instanceof Float32Array ? 3 : page.data instanceof Int16Array ? 2 : 1;
	return [
		{ tag: 256, type: LONG, values: [page.width] },
		{ tag: 257, type: LONG, values: [page.height] },
		{ tag: 258, type: SHORT, values: new Array<number>(page.channels).fill(page.data.BYTES_PER_ELEMENT * 8) },
		{ tag: 259, type: SHORT, values: [1] },
		{ tag: 262, type: SHORT, values: [colours === 3 ? 2 : 1] },
		{ tag: 273, type: LONG, values: [strip] },
		{ tag: 277, type: SHORT, values: [page.channels] },
		{ tag: 278, type: LONG, values: [page.height] },
		{ tag: 279, type: LONG, values: [page.data.byteLength] },
		...(extra.length > 0 ? [{ tag: 338, type: SHORT, values: extra }] : []),
		{ tag: 339, type: SHORT, values: new Array<number>(page.channels).fill(kind) },
	];
}

function encodeValues(type: number, values: readonly number[], bigEndian: boolean): Buffer {
	const bytes = new DataView(new ArrayBuffer(values.length * BYTES[type]));
	for (const [index, value] of values.entries()) {
		const at = index * BYTES[type];
		if (type === SHORT) {
			bytes.setUint16(at, value, !bigEndian);
		} else if (type === LONG) {
			bytes.setUint32(at, value, !bigEndian);
		} else if (type === LONG8) {
			bytes.setBigUint64(at, BigInt(value), !bigEndian);
		} else {
			bytes.setFloat64(at, value, !bigEndian);
		}
	}
	return Buffer.from(bytes.buffer);
}
