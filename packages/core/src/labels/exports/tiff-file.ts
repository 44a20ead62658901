/** Types of values, by their numbers in TIFF. */
export const ASCII = 2;
export const SHORT = 3;
export const LONG = 4;
export const DOUBLE = 12;

const BYTES = { [ASCII]: 1, [SHORT]: 2, [LONG]: 4, [DOUBLE]: 8 } as const;

/** One entry of the directory. */
export type TiffEntry = { readonly tag: number } & (
	| { readonly type: typeof SHORT | typeof LONG | typeof DOUBLE; readonly values: readonly number[] }
	/** A character is a byte; the last one is NUL. */
	| { readonly type: typeof ASCII; readonly values: string }
);

const [STRIP_OFFSETS, STRIP_BYTE_COUNTS] = [273, 279];
const [HEADER_BYTES, ENTRY_BYTES] = [8, 12];

/**
 * A little-endian TIFF of one picture: its directory first, then the values that have no place in it, then the strips.
 *
 * Source: TIFF 6.0, section 2.
 *
 * @param entries without those of the strips' offsets and lengths.
 * @param strips  together less than 4 GB, which is all that offsets of 32 bits reach.
 */
export function writeTiff(entries: readonly TiffEntry[], strips: readonly Uint8Array[]): Uint8Array {
	const lengths = strips.map(({ length }) => length);
	const all: TiffEntry[] = [
		...entries,
		{ tag: STRIP_BYTE_COUNTS, type: LONG, values: lengths },
		{ tag: STRIP_OFFSETS, type: LONG, values: lengths },
	];
	all.sort((one, other) => one.tag - other.tag);
	const valuesAt = HEADER_BYTES + 2 + all.length * ENTRY_BYTES + 4;
	const stripsAt = all.reduce((end, entry) => end + (isInline(entry) ? 0 : paddedBytes(entry)), valuesAt);
	const file = new Uint8Array(lengths.reduce((end, length) => end + length, stripsAt));
	const view = new DataView(file.buffer);
	view.setUint32(0, 0x002a4949, true);
	view.setUint32(4, HEADER_BYTES, true);
	view.setUint16(HEADER_BYTES, all.length, true);
	const offsets: number[] = [];
	let end = stripsAt;
	for (const strip of strips) {
		file.set(strip, end);
		offsets.push(end);
		end += strip.length;
	}
	end = valuesAt;
	for (const [index, each] of all.entries()) {
		const entry: TiffEntry = each.tag === STRIP_OFFSETS ? { tag: each.tag, type: LONG, values: offsets } : each;
		const at = HEADER_BYTES + 2 + index * ENTRY_BYTES;
		view.setUint16(at, entry.tag, true);
		view.setUint16(at + 2, entry.type, true);
		view.setUint32(at + 4, entry.values.length, true);
		if (isInline(entry)) {
			writeValues(view, at + 8, entry);
		} else {
			view.setUint32(at + 8, end, true);
			writeValues(view, end, entry);
			end += paddedBytes(entry);
		}
	}
	return file;
}

function byteLength({ type, values }: TiffEntry): number {
	return values.length * BYTES[type];
}

/** Values begin at even offsets. */
function paddedBytes(entry: TiffEntry): number {
	return Math.ceil(byteLength(entry) / 2) * 2;
}

function isInline(entry: TiffEntry): boolean {
	return byteLength(entry) <= 4;
}

function writeValues(view: DataView, start: number, { type, values }: TiffEntry): void {
	for (let index = 0; index < values.length; index++) {
		const at = start + index * BYTES[type];
		if (type === ASCII) {
			view.setUint8(at, values.charCodeAt(index));
		} else if (type === SHORT) {
			view.setUint16(at, values[index], true);
		} else if (type === LONG) {
			view.setUint32(at, values[index], true);
		} else {
			view.setFloat64(at, values[index], true);
		}
	}
}
