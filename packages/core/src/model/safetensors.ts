import { DinosegError, type ErrorDetails } from "../errors/index.ts";
import { describeValue } from "./describe-value.ts";
import { findDuplicateKey } from "./json-duplicates.ts";

/** Part of the platform in Node and in every browser, but not of ECMAScript's own types. */
declare const TextDecoder: new (
	label: "utf-8",
	options: { readonly fatal: boolean; readonly ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string };

/** Bits per element of every dtype of the format. */
const DTYPE_BITS = {
	F4: 4,
	F6_E2M3: 6,
	F6_E3M2: 6,
	BOOL: 8,
	U8: 8,
	I8: 8,
	F8_E5M2: 8,
	F8_E4M3: 8,
	F8_E8M0: 8,
	U16: 16,
	I16: 16,
	F16: 16,
	BF16: 16,
	U32: 32,
	I32: 32,
	F32: 32,
	U64: 64,
	I64: 64,
	F64: 64,
	C64: 64,
} as const;

/** Element types that a safetensors file may declare; a network uses few of them. */
export type SafetensorsDtype = keyof typeof DTYPE_BITS;

/** One tensor as the header of a safetensors file declares it. */
export interface SafetensorsEntry {
	readonly name: string;
	readonly dtype: SafetensorsDtype;
	readonly shape: readonly number[];
	/** First byte, counted from the start of the file. May exceed 2^32. */
	readonly offset: number;
	/** Bytes. */
	readonly length: number;
}

/** Largest header that is read, bytes: forty times that of the largest DINOv2. More could exhaust the memory as JSON. */
const MAX_HEADER_BYTES = 4 * 2 ** 20;

/** The header's length stands in front of it: an unsigned 64-bit integer, little endian. */
const PREFIX_BYTES = 8;

/** The one key of a header that is not a tensor. */
const METADATA_KEY = "__metadata__";

const DAMAGED = "The file is damaged or not a safetensors file: get it again.";

function fail(file: string, problem: string, remedy: string = DAMAGED, details: ErrorDetails = {}): never {
	throw new DinosegError("SAFETENSORS_INVALID", `${file}: ${problem} ${remedy}`, { details: { file, ...details } });
}

/**
 * How many bytes from the start of a safetensors file hold its header, the 8 bytes of its length included.
 *
 * Source: https://github.com/huggingface/safetensors, section "Format".
 *
 * @param first    the first 8 bytes of the file, or more.
 * @param fileSize bytes.
 * @param file     name for messages.
 * @throws DinosegError SAFETENSORS_INVALID
 */
export function safetensorsHeaderLength(first: Uint8Array, fileSize: number, file: string): number {
	if (fileSize < PREFIX_BYTES || first.length < PREFIX_BYTES) {
		fail(file, `a safetensors file starts with 8 bytes, this one has ${Math.min(fileSize, first.length)}.`);
	}
	const view = new DataView(first.buffer, first.byteOffset, PREFIX_BYTES);
	const length = view.getBigUint64(0, true);
	if (length > BigInt(MAX_HEADER_BYTES)) {
		fail(file, `the header claims ${length} bytes, at most ${MAX_HEADER_BYTES} are allowed.`);
	}
	const end = PREFIX_BYTES + Number(length);
	if (end > fileSize) {
		fail(file, `the header claims ${length} bytes, but the whole file has ${fileSize}.`);
	}
	return end;
}

/**
 * The tensors that the header of a safetensors file declares, by name.
 *
 * Every value is checked before it is used: the header is UTF-8 and JSON without repeated keys; each tensor has a known
 * dtype, a shape of safe integers and as many bytes as these ask for; together the tensors fill the file's data from
 * its first byte to its last, without gap or overlap.
 *
 * Source: https://github.com/huggingface/safetensors, section "Format".
 *
 * @param prefix   the first bytes of the file, at least {@link safetensorsHeaderLength} of them. Not modified.
 * @param fileSize bytes.
 * @param file     name for messages.
 * @throws DinosegError SAFETENSORS_INVALID, naming the file, the tensor and the value.
 */
export function parseSafetensorsHeader(
	prefix: Uint8Array,
	fileSize: number,
	file: string,
): ReadonlyMap<string, SafetensorsEntry> {
	return parseSafetensors(prefix, fileSize, file).tensors;
}

/** What the header of a safetensors file declares. */
export interface SafetensorsHeader {
	readonly tensors: ReadonlyMap<string, SafetensorsEntry>;
	/** Texts beside the tensors; empty where there are none. */
	readonly metadata: ReadonlyMap<string, string>;
}

/** As `parseSafetensorsHeader`, with the metadata. */
export function parseSafetensors(prefix: Uint8Array, fileSize: number, file: string): SafetensorsHeader {
	const dataStart = safetensorsHeaderLength(prefix, fileSize, file);
	if (prefix.length < dataStart) {
		fail(file, `the header has ${dataStart} bytes, only ${prefix.length} were read.`, "Read the whole header.");
	}
	const header = parseHeaderJson(prefix.subarray(PREFIX_BYTES, dataStart), file);
	let metadata: ReadonlyMap<string, string> = new Map();
	const entries: SafetensorsEntry[] = [];
	for (const [name, value] of Object.entries(header)) {
		if (name === METADATA_KEY) {
			metadata = parseMetadata(value, file);
		} else {
			entries.push(parseEntry(name, value, dataStart, file));
		}
	}
	checkLayout(entries, dataStart, fileSize, file);
	return { tensors: new Map(entries.map((entry) => [entry.name, entry])), metadata };
}

function parseHeaderJson(bytes: Uint8Array, file: string): object {
	let text: string;
	let header: unknown;
	try {
		text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		fail(file, "the header is not UTF-8.");
	}
	if (text[0] !== "{") {
		fail(file, `the header must start with "{", got ${describeValue(text.slice(0, 16))}.`);
	}
	try {
		header = JSON.parse(text);
	} catch (error) {
		fail(file, `the header is not JSON (${describeValue(error instanceof Error ? error.message : error)}).`);
	}
	const duplicate = findDuplicateKey(text);
	if (duplicate !== undefined) {
		fail(
			file,
			`the header has the key ${describeValue(duplicate)} twice in one object, which the format forbids.`,
			"It may have been made to mislead: get the file again from a source you trust.",
		);
	}
	return header as object;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSize(value: unknown): value is number {
	return Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0);
}

function parseMetadata(value: unknown, file: string): ReadonlyMap<string, string> {
	if (!isObject(value) || Object.values(value).some((text) => typeof text !== "string")) {
		fail(file, `${METADATA_KEY} must be an object of strings, got ${describeValue(value)}.`);
	}
	return new Map(Object.entries(value) as [string, string][]);
}

function parseEntry(name: string, value: unknown, dataStart: number, file: string): SafetensorsEntry {
	const tensor = `tensor ${describeValue(name)}`;
	const reject = (problem: string): never => fail(file, `${tensor} ${problem}`, DAMAGED, { tensor: name });
	if (!isObject(value)) {
		return reject(`must be an object, got ${describeValue(value)}.`);
	}
	// Own keys only: what a file leaves out must not be found on Object.prototype.
	const field = (key: string): unknown => (Object.hasOwn(value, key) ? value[key] : undefined);
	const dtype = field("dtype");
	const shape = field("shape");
	const range = field("data_offsets");
	if (typeof dtype !== "string" || !Object.hasOwn(DTYPE_BITS, dtype)) {
		return reject(`has the dtype ${describeValue(dtype)}; known are ${Object.keys(DTYPE_BITS).join(", ")}.`);
	}
	if (!Array.isArray(shape) || !shape.every(isSize)) {
		return reject(`has the shape ${describeValue(shape)}, not a list of non-negative integers.`);
	}
	if (!Array.isArray(range) || range.length !== 2 || !range.every(isSize) || range[0] > range[1]) {
		return reject(`has data_offsets ${describeValue(range)}, not [begin, end] with begin <= end.`);
	}
	const [begin, end] = range as [number, number];
	const expected = tensorBytes(shape, DTYPE_BITS[dtype as SafetensorsDtype]);
	if (expected === undefined) {
		return reject(`${dtype} ${describeValue(shape)} is larger than any file or not a whole number of bytes.`);
	}
	if (end - begin !== expected) {
		return reject(`${dtype} ${describeValue(shape)} needs ${expected} bytes, data_offsets give ${end - begin}.`);
	}
	return { name, dtype: dtype as SafetensorsDtype, shape, offset: dataStart + begin, length: expected };
}

/** Bytes of a tensor; undefined when that is no safe integer. */
function tensorBytes(shape: readonly number[], bits: number): number | undefined {
	// A zero anywhere makes the tensor empty, however large the sizes before it.
	const total = shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, bits);
	return Number.isSafeInteger(total) && total % 8 === 0 ? total / 8 : undefined;
}

function checkLayout(entries: readonly SafetensorsEntry[], dataStart: number, fileSize: number, file: string): void {
	const sorted = [...entries].sort((a, b) => a.offset - b.offset || a.length - b.length);
	let end = dataStart;
	for (const { name, offset, length } of sorted) {
		const tensor = `tensor ${describeValue(name)}`;
		const details = { tensor: name };
		if (offset < end) {
			fail(file, `${tensor} begins at byte ${offset}, inside the one before it.`, DAMAGED, details);
		}
		if (offset > end) {
			fail(file, `bytes ${end} to ${offset}, before ${tensor}, belong to no tensor.`, DAMAGED, details);
		}
		end = offset + length;
		if (end > fileSize) {
			const remedy = "The download may have stopped early: get the file again.";
			fail(file, `${tensor} ends at byte ${end}, but the file has ${fileSize}.`, remedy, details);
		}
	}
	if (end !== fileSize) {
		fail(file, `the last tensor ends at byte ${end}, but the file has ${fileSize}.`);
	}
}
