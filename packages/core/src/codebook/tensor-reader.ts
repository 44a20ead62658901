import { describeValue } from "../model/describe-value.ts";
import type { SafetensorsEntry } from "../model/safetensors.ts";
import { invalidCodebook } from "./codebook-header.ts";

/** Whether a value may be in a tensor. */
export type ValueCheck = (value: number) => boolean;

export const isFiniteValue: ValueCheck = (value) => Number.isFinite(value);
export const isPositive: ValueCheck = (value) => value > 0 && Number.isFinite(value);
export const isShare: ValueCheck = (value) => value >= 0 && value <= 1;

/** Takes tensors out of a file, each once. Errors are DinosegError CODEBOOK_INVALID. */
export interface TensorReader {
	float64(name: string, shape: readonly number[], check: ValueCheck): Float64Array;
	float32(name: string, shape: readonly number[], check: ValueCheck): Float32Array;
	/** Throw if the file has more tensors than were read. */
	end(): void;
}

export function createTensorReader(
	bytes: Uint8Array,
	tensors: ReadonlyMap<string, SafetensorsEntry>,
	file: string,
): TensorReader {
	const left = new Set(tensors.keys());

	/** The bytes of a tensor, copied, so that they are aligned. */
	function take(name: string, dtype: string, shape: readonly number[]): ArrayBuffer {
		const entry = tensors.get(name);
		const expected = `${dtype} [${shape.join(", ")}]`;
		if (entry === undefined) {
			throw invalidCodebook(file, `the tensor ${name} is missing`, { field: name });
		}
		if (entry.dtype !== dtype || entry.shape.join() !== shape.join()) {
			const problem = `the tensor ${name} must be ${expected}, got ${entry.dtype} ${describeValue(entry.shape)}`;
			throw invalidCodebook(file, problem, { field: name });
		}
		left.delete(name);
		const copy = new Uint8Array(entry.length);
		copy.set(bytes.subarray(entry.offset, entry.offset + entry.length));
		return copy.buffer;
	}

	function checked<T extends Float64Array | Float32Array>(name: string, values: T, check: ValueCheck): T {
		for (let at = 0; at < values.length; at++) {
			if (!check(values[at])) {
				throw invalidCodebook(file, `the tensor ${name} has the value ${values[at]} at ${at}, which is not allowed`, {
					field: name,
				});
			}
		}
		return values;
	}

	return {
		float64: (name, shape, check) => checked(name, new Float64Array(take(name, "F64", shape)), check),
		float32: (name, shape, check) => checked(name, new Float32Array(take(name, "F32", shape)), check),
		end() {
			for (const name of left) {
				throw invalidCodebook(file, `the tensor ${describeValue(name)} is not known`, { field: name });
			}
		},
	};
}
