/** How a TIFF of 32-bit or 64-bit offsets is laid out, bytes. */
interface Layout {
	readonly header: number;
	/** Where the header has the offset of the first directory. */
	readonly directoryAt: number;
	/** Of the number of entries. */
	readonly count: number;
	readonly entry: number;
	/** Where an entry has its number of values, and its values or their offset. */
	readonly lengthAt: number;
	readonly valueAt: number;
	/** Of an offset; values of no more bytes lie in the entry itself. */
	readonly offset: number;
}

const CLASSIC: Layout = { header: 8, directoryAt: 4, count: 2, entry: 12, lengthAt: 4, valueAt: 8, offset: 4 };
const BIG: Layout = { header: 16, directoryAt: 8, count: 8, entry: 20, lengthAt: 4, valueAt: 12, offset: 8 };
const BIG_VERSION = 43;

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
/** These; GeoKeyDirectory, GeoDoubleParams and GeoAsciiParams. */
const GEO_TAGS: ReadonlyMap<number, ValueType> = new Map([
	...PLACE_TAGS.map((tag) => [tag, DOUBLE] as const),
	[34735, SHORT],
	[34736, DOUBLE],
	[34737, ASCII],
]);

/** As many as the decoder takes. */
const MOST_ENTRIES = 4096;
/** Bytes of one tag's values. */
const MOST_BYTES = 2 ** 16;

/** Numbers of a TIFF's byte order. Reading outside of it throws a RangeError. */
interface Fields {
	readonly view: DataView;
	readonly littleEndian: boolean;
	readonly layout: Layout;
}

/**
 * A small TIFF that has the geo tags of a file's first picture and nothing else, so that what reads them cannot be led
 * to allocate or to read more than that.
 *
 * @param bytes a TIFF or BigTIFF. Not modified.
 * @returns undefined if no tag says where the picture lies.
 * @throws RangeError if the tags do not lie in the file, or are of other types or larger than geo tags can be.
 */
export function geoHeader(bytes: Uint8Array): ArrayBuffer | undefined {
	const fields = fieldsOf(bytes);
	const entries = geoEntries(fields);
	return PLACE_TAGS.some((tag) => entries.has(tag)) ? writeHeader(fields, entries) : undefined;
}

function fieldsOf(bytes: Uint8Array): Fields {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const littleEndian = bytes[0] === 0x49;
	return { view, littleEndian, layout: view.getUint16(2, littleEndian) === BIG_VERSION ? BIG : CLASSIC };
}

/** Where the entry of each geo tag is; of a tag that is there twice the first one, as the decoder has it. */
function geoEntries(fields: Fields): ReadonlyMap<number, number> {
	const { view, littleEndian, layout } = fields;
	const directory = readOffset(fields, layout.directoryAt);
	const count = layout === BIG ? readOffset(fields, directory) : view.getUint16(directory, littleEndian);
	if (count > MOST_ENTRIES) {
		throw new RangeError(`a directory of ${count} tags`);
	}
	const entries = new Map<number, number>();
	for (let i = 0; i < count; i++) {
		const entry = directory + layout.count + i * layout.entry;
		const tag = view.getUint16(entry, littleEndian);
		if (GEO_TAGS.has(tag) && !entries.has(tag)) {
			entries.set(tag, entry);
		}
	}
	return entries;
}

/** A TIFF of one directory with copies of these entries, in the same layout and byte order. */
function writeHeader(fields: Fields, entries: ReadonlyMap<number, number>): ArrayBuffer {
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
function valueBytes(fields: Fields, tag: number, entry: number): number {
	const { view, littleEndian, layout } = fields;
	const expected = GEO_TAGS.get(tag) as ValueType;
	const type = view.getUint16(entry + 2, littleEndian);
	const count = readOffset(fields, entry + layout.lengthAt);
	if (type !== expected.type || count * expected.bytes > MOST_BYTES) {
		throw new RangeError(`tag ${tag} has ${count} values of type ${type}`);
	}
	return count * expected.bytes;
}

/** A position or a length. One beyond 2^53 is rounded, and lies in no file either way. */
function readOffset({ view, littleEndian, layout }: Fields, at: number): number {
	return layout === BIG ? Number(view.getBigUint64(at, littleEndian)) : view.getUint32(at, littleEndian);
}

function writeOffset({ view, littleEndian, layout }: Fields, at: number, value: number): void {
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
