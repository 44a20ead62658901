import { checkLength, DinosegError } from "../errors/index.ts";

/** A matrix of weights in 8 bits. */
export interface QuantisedRows {
	/** Shape (rows, columns), row-major, within -127..127. */
	readonly values: Int8Array;
	/** Shape (rows,): what one step of a row's integers is worth. 0 for a row of zeros. */
	readonly scales: Float32Array;
}

/** Largest sum of the magnitudes of two neighbours, in steps, before rounding: see {@link quantiseRows}. */
const LARGEST_PAIR = 127;

/** The least normal float32: onnxruntime may compute with anything smaller as with 0. */
const LEAST_NORMAL = 2 ** -126;

/**
 * Quantise every row of a matrix of weights to 8 bits, symmetrically, with a scale of its own.
 *
 * `weight = value * scale`, off by at most half a scale. A processor without a dot product of bytes (x86 before VNNI)
 * adds two neighbouring products in 16 bits: the activation's 255 times |a| + |b|, which must not exceed 32767. So the
 * scale is chosen by the largest |a| + |b| of the neighbours (0, 1), (2, 3) and so on, not by the largest |a|: after
 * rounding no pair exceeds 128. That makes the integer product exact, and the same, on every processor.
 *
 * Source: symmetric per-channel weights of Jacob et al. 2018, doi:10.1109/CVPR.2018.00286; the saturation is that of
 * the instruction VPMADDUBSW.
 *
 * @param values Float32Array, shape (rows, columns), as torch's `Linear` holds a weight (out, in). Not modified.
 * @param name   of the tensor, for messages.
 * @throws DinosegError SHAPE_MISMATCH; MODEL_TENSOR_INVALID if a value is not finite.
 */
export function quantiseRows(values: Float32Array, rows: number, columns: number, name: string): QuantisedRows {
	checkLength("quantiseRows", `values of ${name} (rows, columns)`, values, rows, columns);
	const quantised = new Int8Array(values.length);
	const scales = new Float32Array(rows);
	for (let row = 0; row < rows; row++) {
		const start = row * columns;
		const scale = Math.fround(largestPair(values, start, start + columns, name) / LARGEST_PAIR);
		if (scale < LEAST_NORMAL) {
			continue;
		}
		scales[row] = scale;
		for (let i = start; i < start + columns; i++) {
			quantised[i] = Math.floor(values[i] / scale + 0.5);
		}
	}
	return { values: quantised, scales };
}

/** The largest |a| + |b| of two neighbours from `start` on. */
function largestPair(values: Float32Array, start: number, end: number, name: string): number {
	let largest = 0;
	for (let i = start; i < end; i += 2) {
		const pair = Math.abs(values[i]) + (i + 1 < end ? Math.abs(values[i + 1]) : 0);
		if (!(pair < Number.POSITIVE_INFINITY)) {
			throw new DinosegError(
				"MODEL_TENSOR_INVALID",
				`tensor ${name}: row ${start / (end - start)} holds a value that is no finite number. ` +
					"The weights are damaged: get the checkpoint again.",
				{ details: { tensor: name } },
			);
		}
		largest = pair > largest ? pair : largest;
	}
	return largest;
}
