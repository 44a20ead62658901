/** Part of the platform in Node and in every browser, but not of ECMAScript's own types. */
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

/** A tensor to be written; float64 becomes F64, float32 F32. */
export interface TensorToWrite {
	readonly name: string;
	readonly shape: readonly number[];
	readonly values: Float64Array | Float32Array;
}

/** Bytes that tell the length of the header. */
const PREFIX_BYTES = 8;
/** The header is padded to this, as the format's own writer does. */
const ALIGNMENT = 8;

/**
 * A safetensors file: tensors in the given order, without gaps. The same tensors and metadata give the same bytes.
 *
 * Source: https://github.com/huggingface/safetensors, section "Format".
 */
export function writeSafetensors(
	tensors: readonly TensorToWrite[],
	metadata: Readonly<Record<string, string>>,
): Uint8Array {
	const fields: Record<string, unknown> = { __metadata__: metadata };
	let end = 0;
	for (const { name, shape, values } of tensors) {
		const begin = end;
		end += values.byteLength;
		fields[name] = { dtype: values instanceof Float64Array ? "F64" : "F32", shape, data_offsets: [begin, end] };
	}
	const json = new TextEncoder().encode(JSON.stringify(fields));
	const start = PREFIX_BYTES + Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
	const bytes = new Uint8Array(start + end);
	new DataView(bytes.buffer).setBigUint64(0, BigInt(start - PREFIX_BYTES), true);
	bytes.fill(0x20, PREFIX_BYTES, start);
	bytes.set(json, PREFIX_BYTES);
	let at = start;
	for (const { values } of tensors) {
		bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
		at += values.byteLength;
	}
	return bytes;
}
