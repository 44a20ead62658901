/** How a TIFF of 32-bit or 64-bit offsets is laid out, bytes. */
export interface TiffLayout {
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

const CLASSIC: TiffLayout = { header: 8, directoryAt: 4, count: 2, entry: 12, lengthAt: 4, valueAt: 8, offset: 4 };
/** 64-bit offsets. */
export const BIG: TiffLayout = { header: 16, directoryAt: 8, count: 8, entry: 20, lengthAt: 4, valueAt: 12, offset: 8 };
const BIG_VERSION = 43;

/** As many as the decoder takes. */
const MOST_ENTRIES = 4096;

/** Numbers of a TIFF's byte order. Reading outside of it throws a RangeError. */
export interface TiffFields {
	readonly view: DataView;
	readonly littleEndian: boolean;
	readonly layout: TiffLayout;
}

/** The byte order and the layout of a TIFF or BigTIFF. */
export function tiffFields(bytes: Uint8Array): TiffFields {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const littleEndian = bytes[0] === 0x49;
	return { view, littleEndian, layout: view.getUint16(2, littleEndian) === BIG_VERSION ? BIG : CLASSIC };
}

/** Where the first directory lies, bytes. */
export function directoryOffset(fields: TiffFields): number {
	return readOffset(fields, fields.layout.directoryAt);
}

/** A directory of a TIFF. */
export interface TiffDirectory {
	/** Where the entries are, by tag; of a tag that is there twice the first one, as the decoder has it. */
	readonly entries: ReadonlyMap<number, number>;
	/** Where the next directory lies, 0 after the last. Throws a RangeError if the file ends before. */
	next(): number;
}

/**
 * Read a directory.
 *
 * @param directory where it lies, bytes.
 * @throws RangeError if it does not lie in the file.
 */
export function readDirectory(fields: TiffFields, directory: number): TiffDirectory {
	const { view, littleEndian, layout } = fields;
	const count = layout === BIG ? readOffset(fields, directory) : view.getUint16(directory, littleEndian);
	if (count > MOST_ENTRIES) {
		throw new RangeError(`a directory of ${count} tags`);
	}
	const entries = new Map<number, number>();
	for (let i = 0; i < count; i++) {
		const entry = directory + layout.count + i * layout.entry;
		const tag = view.getUint16(entry, littleEndian);
		if (!entries.has(tag)) {
			entries.set(tag, entry);
		}
	}
	return { entries, next: () => readOffset(fields, directory + layout.count + count * layout.entry) };
}

/** A position or a length. One beyond 2^53 is rounded, and lies in no file either way. */
export function readOffset({ view, littleEndian, layout }: TiffFields, at: number): number {
	return layout === BIG ? Number(view.getBigUint64(at, littleEndian)) : view.getUint32(at, littleEndian);
}
