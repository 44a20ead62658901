import type { Checkpoint, TensorEntry } from "./checkpoint.ts";
import { inputFloor, type QuantisedEntry, type QuantisedLinear, type QuantisedWeights } from "./quantised-weights.ts";

/** Part of the platform in Node and in every browser, but not of ECMAScript's own types. */
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

/** Raised when the layout of the file or the meaning of its numbers changes. */
export const QUANTISED_FILE_VERSION = 1;

/** What follows next in the file, and what it is made from. */
export type QuantisedPart =
	/** One tensor, widened to float32. */
	| { readonly type: "copy"; readonly source: TensorEntry }
	/** The integers of a linear layer, then its scales, then its bias. */
	| {
			readonly type: "linear";
			readonly weight: TensorEntry;
			readonly bias: TensorEntry | undefined;
			readonly floor: number | undefined;
	  };

/** A safetensors file with everything that a network in 8 bits reads. */
export interface QuantisedFile {
	/** Bytes. */
	readonly size: number;
	/** In the order in which they lie. */
	readonly parts: readonly QuantisedPart[];
	/** The tensors that stay in float32, where they lie in this file. */
	readonly tensors: ReadonlyMap<string, TensorEntry>;
	/** The linear layers, where they lie in this file. */
	readonly weights: QuantisedWeights;
	/**
	 * The bytes in front of the tensors; their number does not depend on the digest.
	 *
	 * @param sha256 of all bytes after the header, hexadecimal.
	 */
	header(sha256: string): Uint8Array;
}

/** What makes the file that of one checkpoint. */
export interface QuantisedFileOptions {
	/** Name of the file inside its folder: becomes `TensorEntry.file`. */
	readonly file: string;
	/** Digest of the model. */
	readonly digest: string;
}

const WEIGHT_SUFFIX = ".weight";
/** Stands in for the digest where only the header's length matters. */
const NO_DIGEST = "0".repeat(64);
/** Bytes that tell the length of a safetensors header. */
const PREFIX_BYTES = 8;
/** The header is padded to this, as the format's own writer does. */
const ALIGNMENT = 8;

interface HeaderEntry {
	readonly dtype: "I8" | "F32";
	readonly shape: readonly number[];
	readonly data_offsets: readonly [begin: number, end: number];
}

/**
 * Lay out the 8-bit form of a checkpoint: the weights of the blocks' linear layers as 8-bit integers with a scale per row,
 * everything else as float32. It follows from the checkpoint's description alone, so a file is checked by its bytes.
 *
 * Convention: integers under the weight's own name, scales under `<prefix>.weight_scale`; the metadata holds the version
 * of the layout, the digest of the model and the sha256 of the bytes after the header.
 */
export function layOutQuantisedFile(checkpoint: Checkpoint, options: QuantisedFileOptions): QuantisedFile {
	const { file, digest } = options;
	const placed: HeaderPlacement[] = [];
	let end = 0;
	const place = (name: string, dtype: "I8" | "F32", shape: readonly number[]): HeaderPlacement => {
		const length = shape.reduce((product, size) => product * size, dtype === "I8" ? 1 : 4);
		const placement = { name, dtype, shape, begin: end, length };
		end += length;
		placed.push(placement);
		return placement;
	};

	const parts: QuantisedPart[] = [];
	const copies: HeaderPlacement[] = [];
	const linears: LinearPlacement[] = [];
	const prefixes = linearPrefixes(checkpoint);
	for (const [name, source] of checkpoint.tensors) {
		const prefix = prefixes.get(name);
		if (prefix === undefined) {
			parts.push({ type: "copy", source });
			copies.push(place(name, "F32", source.shape));
		} else if (name.endsWith(WEIGHT_SUFFIX)) {
			const bias = checkpoint.tensors.get(`${prefix}.bias`);
			const floor = inputFloor(checkpoint.config, prefix);
			parts.push({ type: "linear", weight: source, bias, floor });
			linears.push({
				prefix,
				floor,
				weight: place(name, "I8", source.shape),
				scales: place(`${name}_scale`, "F32", [source.shape[0]]),
				bias: bias && place(`${prefix}.bias`, "F32", bias.shape),
			});
		}
	}

	const header = (sha256: string): Uint8Array => writeHeader(placed, digest, sha256);
	const start = header(NO_DIGEST).length;
	const float = (placement: HeaderPlacement): TensorEntry => ({ ...locate(placement, file, start), dtype: "F32" });
	return {
		size: start + end,
		parts,
		tensors: new Map(copies.map((placement) => [placement.name, float(placement)])),
		weights: new Map(
			linears.map(({ prefix, floor, weight, scales, bias }): [string, QuantisedLinear] => [
				prefix,
				{
					weight: { ...locate(weight, file, start), dtype: "I8" } satisfies QuantisedEntry,
					scales: float(scales),
					...(bias === undefined ? {} : { bias: float(bias) }),
					...(floor === undefined ? {} : { floor }),
				},
			]),
		),
		header,
	};
}

/** Where a tensor lies, counted from the end of the header. */
interface HeaderPlacement {
	readonly name: string;
	readonly dtype: "I8" | "F32";
	readonly shape: readonly number[];
	readonly begin: number;
	readonly length: number;
}

interface LinearPlacement {
	readonly prefix: string;
	readonly floor: number | undefined;
	readonly weight: HeaderPlacement;
	readonly scales: HeaderPlacement;
	readonly bias: HeaderPlacement | undefined;
}

/** The weight and bias of every linear layer, by name: the prefix of the layer. A matrix is the weight of one. */
function linearPrefixes({ tensors }: Checkpoint): ReadonlyMap<string, string> {
	const prefixes = new Map<string, string>();
	for (const [name, { shape }] of tensors) {
		if (shape.length === 2 && name.endsWith(WEIGHT_SUFFIX)) {
			const prefix = name.slice(0, -WEIGHT_SUFFIX.length);
			prefixes.set(name, prefix);
			prefixes.set(`${prefix}.bias`, prefix);
		}
	}
	return prefixes;
}

function locate({ name, shape, begin, length }: HeaderPlacement, file: string, start: number) {
	return { name, shape, file, offset: start + begin, length };
}

function writeHeader(placed: readonly HeaderPlacement[], digest: string, sha256: string): Uint8Array {
	const metadata = { dinoseg: `int8 version ${QUANTISED_FILE_VERSION}`, model: digest, sha256 };
	const fields: Record<string, HeaderEntry | typeof metadata> = { __metadata__: metadata };
	for (const { name, dtype, shape, begin, length } of placed) {
		fields[name] = { dtype, shape, data_offsets: [begin, begin + length] };
	}
	const json = new TextEncoder().encode(JSON.stringify(fields));
	const bytes = new Uint8Array(PREFIX_BYTES + Math.ceil(json.length / ALIGNMENT) * ALIGNMENT).fill(0x20);
	new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - PREFIX_BYTES), true);
	bytes.set(json, PREFIX_BYTES);
	return bytes;
}
