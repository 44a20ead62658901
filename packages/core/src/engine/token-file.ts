import type { TokenGrid } from "../tensor/index.ts";
import type { Digest } from "./ports.ts";

/** Raised when the layout of the file or the meaning of its tokens changes. */
const TOKEN_FILE_VERSION = 2;

/** "DSTK" in the byte order of the file. */
const MAGIC = 0x4b545344;
/** Magic, version and length of the JSON. */
const PREFIX_BYTES = 12;
const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;
/** Bound on the JSON of a file that may be damaged. */
const MAX_JSON_BYTES = 4096;

const SHAPE_FIELDS = [
	"rows",
	"cols",
	"dim",
	"patchSize",
	"stride",
	"inputWidth",
	"inputHeight",
	"imageWidth",
	"imageHeight",
] as const satisfies readonly (keyof TokenGrid)[];

/**
 * Serialise a token grid.
 *
 * Format, little-endian: uint32 magic "DSTK", uint32 version, uint32 length of the JSON, the JSON
 * `{sha256, rows, cols, ...}` padded with spaces to a multiple of 4, then float32 (rows, cols, dim) and float32
 * (rows, cols): the tokens and their norms. The digest is over both.
 */
export async function encodeTokenFile(grid: TokenGrid, digest: Digest): Promise<Uint8Array> {
	const { data, norms } = grid;
	const payload = new Uint8Array(data.byteLength + norms.byteLength);
	payload.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
	payload.set(new Uint8Array(norms.buffer, norms.byteOffset, norms.byteLength), data.byteLength);
	const fields = SHAPE_FIELDS.map((name) => [name, grid[name]]);
	const text = JSON.stringify(Object.fromEntries([["sha256", await digest(payload)], ...fields]));
	const json = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 4) * 4));
	const file = new Uint8Array(PREFIX_BYTES + json.length + payload.length);
	const view = new DataView(file.buffer);
	view.setUint32(0, MAGIC, true);
	view.setUint32(4, TOKEN_FILE_VERSION, true);
	view.setUint32(8, json.length, true);
	file.set(json, PREFIX_BYTES);
	file.set(payload, PREFIX_BYTES + json.length);
	return file;
}

/**
 * Read a token grid back.
 *
 * @returns undefined for anything that is not exactly what `encodeTokenFile` wrote.
 */
export async function decodeTokenFile(bytes: Uint8Array, digest: Digest): Promise<TokenGrid | undefined> {
	if (bytes.length < PREFIX_BYTES) {
		return undefined;
	}
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const jsonBytes = view.getUint32(8, true);
	if (
		view.getUint32(0, true) !== MAGIC ||
		view.getUint32(4, true) !== TOKEN_FILE_VERSION ||
		jsonBytes > Math.min(MAX_JSON_BYTES, bytes.length - PREFIX_BYTES)
	) {
		return undefined;
	}
	const header = parseHeader(bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + jsonBytes));
	if (header === undefined) {
		return undefined;
	}
	const { rows, cols, dim } = header.shape;
	const payload = bytes.subarray(PREFIX_BYTES + jsonBytes);
	if (payload.length !== rows * cols * (dim + 1) * FLOAT_BYTES || (await digest(payload)) !== header.sha256) {
		return undefined;
	}
	// Copied, so that each has memory of its own that can be given away.
	const floats = (start: number, end: number) =>
		new Float32Array(new Uint8Array(payload.subarray(start * FLOAT_BYTES, end * FLOAT_BYTES)).buffer);
	const tokens = rows * cols * dim;
	return { data: floats(0, tokens), norms: floats(tokens, tokens + rows * cols), ...header.shape };
}

interface TokenFileHeader {
	readonly sha256: unknown;
	readonly shape: Omit<TokenGrid, "data" | "norms">;
}

function parseHeader(json: Uint8Array): TokenFileHeader | undefined {
	let fields: Partial<Record<string, unknown>> | null;
	try {
		fields = JSON.parse(new TextDecoder().decode(json));
	} catch {
		return undefined;
	}
	if (typeof fields !== "object" || fields === null) {
		return undefined;
	}
	const { sha256: digest } = fields;
	const shape = SHAPE_FIELDS.map((name) => [name, fields[name]] as const);
	if (!shape.every(([, value]) => Number.isInteger(value) && (value as number) > 0)) {
		return undefined;
	}
	return { sha256: digest, shape: Object.fromEntries(shape) as unknown as Omit<TokenGrid, "data" | "norms"> };
}
