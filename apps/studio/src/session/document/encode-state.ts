import { ByteReader, ByteWriter, invalidDocument } from "./bytes.ts";
import { type Attributes, BACKGROUND, type DocumentState } from "./document-state.ts";
import { MOST_IDS, MOST_PARTS, PartStore, type PartTable } from "./part-store.ts";

/** Of the format; others are refused. */
const VERSION = 1;
/** Pixels of the largest picture that is read: twice as many bytes are held. */
const MOST_PIXELS = 2 ** 28;
const LONGEST_SIDE = 2 ** 20;
/** Bytes of the longest name. */
const LONGEST_NAME = 4096;
const FLAGS = { isLocked: 1, isHidden: 2, isMade: 4, name: 8, color: 16 } as const;
const ALL_FLAGS = 31;

/**
 * A state as bytes, but for its tree. Equal states give equal bytes.
 *
 * Format: numbers as `ByteWriter` has them. Version, width, height, 1 with a background, 1 if edited, ids; base parts,
 * superpixels among them, parts; segments of all parts, origins of base parts, root and superpixel + 1 of each other part;
 * number of attributes, and of each id, flags, name, colour; then length and part of each run of equal pixels.
 */
export function encodeState(state: DocumentState): Uint8Array {
	const { parts, attributes, background, isEdited, ids } = state;
	const { baseCount, baseLeaves, table, origins, roots, leaves } = parts.save();
	const writer = new ByteWriter();
	writer.numbers([VERSION, parts.width, parts.height, background === undefined ? 0 : 1, isEdited ? 1 : 0, ids]);
	writer.numbers([baseCount, baseLeaves, table.length]);
	writer.numbers(table);
	writer.numbers(origins);
	for (let part = 0; part < roots.length; part++) {
		writer.numbers([roots[part], leaves[part] + 1]);
	}
	writer.number(attributes.size);
	for (const [id, given] of [...attributes].sort(([a], [b]) => a - b)) {
		writeAttributes(writer, id, given);
	}
	writer.bytes(parts.runs);
	return writer.take();
}

function writeAttributes(writer: ByteWriter, id: number, given: Attributes): void {
	const { name, color } = given;
	const flags = (["isLocked", "isHidden", "isMade"] as const).reduce(
		(sum, flag) => sum + (given[flag] ? FLAGS[flag] : 0),
		(name === undefined ? 0 : FLAGS.name) + (color === undefined ? 0 : FLAGS.color),
	);
	writer.numbers([id, flags]);
	if (name !== undefined) {
		writer.text(name);
	}
	writer.numbers(color ?? []);
}

/**
 * The state of `encodeState`, without its tree.
 *
 * @param into the store to fill, of the same size. @default a new one
 * @throws DinosegError RESULT_INVALID if the bytes are anything else
 */
export function decodeState(bytes: Uint8Array, into?: PartStore): DocumentState {
	const reader = new ByteReader(bytes);
	if (reader.number("version", MOST_IDS) !== VERSION) {
		throw invalidDocument("another version of the format");
	}
	const width = reader.number("width", LONGEST_SIDE);
	const height = reader.number("height", LONGEST_SIDE);
	if (width * height === 0 || width * height > MOST_PIXELS) {
		throw invalidDocument(`a picture of ${width} x ${height} pixels`);
	}
	const hasBackground = reader.number("background", 1) === 1;
	const isEdited = reader.number("mark of edits", 1) === 1;
	const ids = reader.number("number of ids", MOST_IDS);
	const table = readTable(reader);
	const attributes = readAttributes(reader);
	// Before memory is taken for the pixels.
	checkRuns(reader.fork(), width * height, table.table.length);
	const parts = into ?? new PartStore(new Uint16Array(width * height), width, height);
	readRuns(reader, parts.data, table.table.length);
	parts.load(table);
	return {
		parts,
		attributes,
		background: hasBackground ? BACKGROUND : undefined,
		ids,
		isEdited,
		context: undefined,
		tree: undefined,
	};
}

function readTable(reader: ByteReader): PartTable {
	const baseCount = reader.number("number of parts", MOST_PARTS);
	const baseLeaves = reader.number("number of superpixels", baseCount);
	const count = reader.number("number of parts", MOST_PARTS);
	if (baseCount === 0 || count < baseCount) {
		throw invalidDocument(`${count} parts, ${baseCount} before edits`);
	}
	const table = Uint16Array.from(reader.numbers("segment", count, MOST_IDS - 1));
	const origins = Uint16Array.from(reader.numbers("segment", baseCount, MOST_IDS - 1));
	const roots = new Uint16Array(count - baseCount);
	const leaves = new Int32Array(count - baseCount);
	for (let part = 0; part < roots.length; part++) {
		roots[part] = reader.number("part", baseCount - 1);
		leaves[part] = reader.number("superpixel", MOST_IDS) - 1;
	}
	return { baseCount, baseLeaves, table, origins, roots, leaves };
}

function readAttributes(reader: ByteReader): Map<number, Attributes> {
	const attributes = new Map<number, Attributes>();
	for (let left = reader.number("number of names", MOST_IDS); left > 0; left--) {
		const id = reader.number("segment", MOST_IDS - 1);
		const flags = reader.number("flags", ALL_FLAGS);
		const name = flags & FLAGS.name ? reader.text("name", LONGEST_NAME) : undefined;
		const color = flags & FLAGS.color ? readColor(reader) : undefined;
		attributes.set(id, {
			name,
			color,
			isLocked: (flags & FLAGS.isLocked) !== 0,
			isHidden: (flags & FLAGS.isHidden) !== 0,
			isMade: (flags & FLAGS.isMade) !== 0,
		});
	}
	return attributes;
}

function readColor(reader: ByteReader): readonly [number, number, number] {
	return [reader.number("red", 255), reader.number("green", 255), reader.number("blue", 255)];
}

/** Throw unless the runs are as many pixels as the picture, of parts that there are, and nothing follows. */
function checkRuns(reader: ByteReader, pixels: number, parts: number): void {
	for (let left = pixels; left > 0; ) {
		const length = reader.number("run of pixels", left);
		if (length === 0) {
			throw invalidDocument("a run of no pixels");
		}
		reader.number("part", parts - 1);
		left -= length;
	}
	if (!reader.isAtEnd) {
		throw invalidDocument("more bytes than it has");
	}
}

function readRuns(reader: ByteReader, data: Uint16Array, parts: number): void {
	for (let at = 0; at < data.length; ) {
		const length = reader.number("run of pixels", data.length - at);
		data.fill(reader.number("part", parts - 1), at, at + length);
		at += length;
	}
}
