import type { ModelConfig, TensorEntry } from "./checkpoint.ts";
import { familyOf } from "./families.ts";
import type { QuantisedRows } from "./quantise.ts";

/** Where one tensor of 8-bit integers lies. */
export type QuantisedEntry = Omit<TensorEntry, "dtype"> & { readonly dtype: "I8" };

/** Where the parts of a linear layer in 8 bits lie. All have the same rows: the layer's outputs. */
export interface QuantisedLinear {
	/** Shape (out, in), see `quantiseRows`. */
	readonly weight: QuantisedEntry;
	/** F32, shape (out,): what one step of a row's integers is worth. */
	readonly scales: TensorEntry;
	/** F32, shape (out,): made for the layer's {@link floor}, see {@link floorBias}. Absent: the layer has none. */
	readonly bias?: TensorEntry;
	/** No input of the layer is below this. Absent: inputs may have any sign and size. */
	readonly floor?: number;
}

/** The linear layers that are computed in 8 bits, by the prefix of their tensors. The others stay in float32. */
export type QuantisedWeights = ReadonlyMap<string, QuantisedLinear>;

/** GELU is nowhere below -0.16998: its least value, at -0.7518. */
const GELU_FLOOR = -0.17;

/**
 * The least input of a linear layer, where the layer before it gives one.
 *
 * Inputs above a floor use all 256 steps; those of any sign must be symmetric around 0 and use 255 for both signs.
 *
 * @param prefix of the layer's tensors.
 */
export function inputFloor(config: ModelConfig, prefix: string): number | undefined {
	return config.mlp === "gelu" && prefix.endsWith(familyOf(config).afterGelu) ? GELU_FLOOR : undefined;
}

/**
 * The bias of a layer whose inputs are quantised as their distance from a floor.
 *
 * `sum(w * x) = sum(w * (x - floor)) + floor * sum(w)`: the last term does not depend on the input.
 *
 * @param bias  Float32Array, shape (rows,). Not modified.
 * @param sums  Int32Array, shape (rows,): see {@link rowSums}.
 * @returns Float32Array, shape (rows,).
 */
export function floorBias(bias: Float32Array, scales: Float32Array, sums: Int32Array, floor: number): Float32Array {
	return bias.map((value, row) => value + floor * scales[row] * sums[row]);
}

/** The sum of the integers of every row. Shape (rows,). */
export function rowSums({ values, scales }: QuantisedRows): Int32Array {
	const rows = scales.length;
	const columns = values.length / rows;
	const sums = new Int32Array(rows);
	for (let row = 0; row < rows; row++) {
		let sum = 0;
		for (let i = row * columns; i < (row + 1) * columns; i++) {
			sum += values[i];
		}
		sums[row] = sum;
	}
	return sums;
}

/**
 * Some outputs of a layer as a layer of their own: where in the file they lie.
 *
 * @param first the first output.
 * @param count outputs.
 */
export function quantisedRows(linear: QuantisedLinear, first: number, count: number): QuantisedLinear {
	const { weight, scales, bias } = linear;
	return {
		...linear,
		weight: entryRows(weight, first, count),
		scales: entryRows(scales, first, count),
		...(bias === undefined ? {} : { bias: entryRows(bias, first, count) }),
	};
}

function entryRows<Entry extends TensorEntry | QuantisedEntry>(entry: Entry, first: number, count: number): Entry {
	const rowBytes = entry.length / entry.shape[0];
	return {
		...entry,
		name: `${entry.name}[${first}:${first + count}]`,
		shape: [count, ...entry.shape.slice(1)],
		offset: entry.offset + first * rowBytes,
		length: count * rowBytes,
	};
}
