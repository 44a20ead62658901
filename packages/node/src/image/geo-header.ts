import type { GeoKeys } from "@dinoseg/core/labels";
import { BIG, readDirectory, readOffset, type TiffFields, tiffFields } from "./tiff-fields.ts";

/** The number of a type of values, and the bytes of one. */
interface ValueType {
	readonly type: number;
	readonly bytes: number;
}

const ASCII: ValueType = { type: 2, bytes: 1 };
const SHORT: ValueType = { type: 3, bytes: 2 };
const DOUBLE: ValueType = { type: 12, bytes: 8 };

/** ModelPixelScale, ModelTiepoint, ModelTransformation. */
const PLACE_TAGS: readonly number[] = [33550, 33922, 34264];
/** GeoKeyDirectory, GeoDoubleParams and GeoAsciiParams. */
const [KEYS, DOUBLES, TEXT] = [34735, 34736, 34737];
const GEO_TAGS: ReadonlyMap<number, ValueType> = new Map([
	...PLACE_TAGS.map((tag) => [tag, DOUBLE] as const),
	[KEYS, SHORT],
	[DOUBLES, DOUBLE],
	[TEXT, ASCII],
]);

/** Bytes of one tag's values. */
const MOST_BYTES = 2 ** 16;

/**
 * A small TIFF that has the geo tags of a picture of a file and nothing else, so that what reads them cannot be led
 * to allocate or to read more than that.
 *
 * @param bytes     a TIFF or BigTIFF. Not modified.
 * @param directory where that of the picture lies, bytes.
 * @returns undefined if no tag says where the picture lies.
 * @throws RangeError if the tags do not lie in the file, or are of other types or larger than geo tags can be.
 */
export function geoHeader(bytes: Uint8Array, directory: number): ArrayBuffer | undefined {
	const fields = tiffFields(bytes);
	const entries = geoEntries(fields, directory);
	return PLACE_TAGS.some((tag) => entries.has(tag)) ? writeHeader(fields, entries) : undefined;
}

/**
 * The keys of the reference system in a header that `geoHeader` gave.
 *
 * @returns undefined if there are none, or if numbers of theirs are infinite or no numbers, which JSON cannot hold.
 */
export function readGeoKeys(header: Uint8Array): GeoKeys | undefined {
	const fields = tiffFields(header);
	const entries = geoEntries(fields, readOffset(fields, fields.layout.directoryAt));
	const directory = valuesOf(fields, entries, KEYS, 2, (view, at) => view.getUint16(at, fields.littleEndian));
	const doubles = valuesOf(fields, entries, DOUBLES, 8, (view, at) => view.getFloat64(at, fields.littleEndian));
	const text = valuesOf(fields, entries, TEXT, 1, (view, at) => view.getUint8(at));
	if (directory.length === 0 || !doubles.every(Number.isFinite)) {
		return undefined;
	}
	return { directory, doubles, text: text.map((byte) => String.fromCharCode(byte)).join("") };
}

function valuesOf(
	fields: TiffFields,
	entries: ReadonlyMap<number, number>,
	tag: number,
	bytes: number,
	read: (view: DataView, at: number) => number,
): number[] {
	const entry = entries.get(tag);
	if (entry === undefined) {
		return [];
	}
	const { view, layout } = fields;
	const count = readOffset(fields, entry + layout.lengthAt);
	const isInline = count * bytes <= layout.offset;
	const start = isInline ? entry + layout.valueAt : readOffset(fields, entry + layout.valueAt);
	return Array.from({ length: count }, (_, index) => read(view, start + index * bytes));
}

/** Where the entry of each geo tag is. */
function geoEntries(fields: TiffFields, directory: number): ReadonlyMap<number, number> {
	return new Map([...readDirectory(fields, directory).entries].filter(([tag]) => GEO_TAGS.has(tag)));
}

/** A TIFF of one directory with copies of these entries, in the same layout and byte order. */
function writeHeader(fields: TiffFields, entries: ReadonlyMap<number, number>): ArrayBuffer {
	const { view, littleEndian, layout } = fields;
	const lengths = [...entries].map(([tag, entry]) => valueBytes(fields, tag, entry));
	const valuesAt = layout.header + layout.count + entries.size * layout.entry + layout.offset;
	const header = new Uint8Array(valuesAt + lengths.reduce((sum, length) => sum + length, 0));
	const copy = { ...fields, view: new DataView(header.buffer) };
	header.set(bytesAt(view, 0, layout.header));
	writeOffset(copy, layout.directoryAt, layout.header);
	if (layout === BIG) {
		writeOffset(copy, layout.header, entries.size);
	} else {
		copy.view.setUint16(layout.header, entries.size, littleEndian);
	}
	let end = valuesAt;
	for (const [i, entry] of [...entries.values()].entries()) {
		const to = layout.header + layout.count + i * layout.entry;
		header.set(bytesAt(view, entry, layout.entry), to);
		if (lengths[i] > layout.offset) {
			header.set(bytesAt(view, readOffset(fields, entry + layout.valueAt), lengths[i]), end);
			writeOffset(copy, to + layout.valueAt, end);
			end += lengths[i];
		}
	}
	return header.buffer;
}

/** Size of the values of an entry. Their type is checked too: what reads geo keys counts to what it finds in them. */
function valueBytes(fields: TiffFields, tag: number, entry: number): number {
	const { view, littleEndian, layout } = fields;
	const expected = GEO_TAGS.get(tag) as ValueType;
	const type = view.getUint16(entry + 2, littleEndian);
	const count = readOffset(fields, entry + layout.lengthAt);
	if (type !== expected.type || count * expected.bytes > MOST_BYTES) {
		throw new RangeError(`tag ${tag} has ${count} values of type ${type}`);
	}
	return count * expected.bytes;
}

function writeOffset({ view, littleEndian, layout }: TiffFields, at: number, value: number): void {
	if (layout === BIG) {
		view.setBigUint64(at, BigInt(value), littleEndian);
	} else {
		view.setUint32(at, value, littleEndian);
	}
}

/** @throws RangeError if they do not all lie in the view. */
function bytesAt(view: DataView, at: number, length: number): Uint8Array {
	if (at + length > view.byteLength) {
		throw new RangeError(`bytes ${at} to ${at + length} of ${view.byteLength}`);
	}
	return new Uint8Array(view.buffer, view.byteOffset + at, length);
}
