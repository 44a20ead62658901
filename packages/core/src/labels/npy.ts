import { type Check, checkedCopy } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import { checkLength } from "../errors/index.ts";

/** Element types that are written, with their names in the header. */
export type NpyArray = Float32Array | Uint16Array | Uint8Array;

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];
/** The elements begin at a multiple of this many bytes. */
const ALIGNMENT = 64;

function descriptor(data: NpyArray): string {
	if (data instanceof Float32Array) {
		return "<f4";
	}
	return data instanceof Uint16Array ? "<u2" : "|u1";
}

/**
 * An array as NumPy's .npy file, format 1.0, C order: `numpy.load` returns the same shape and values.
 *
 * Float32Array becomes float32, Uint16Array uint16, Uint8Array uint8; little endian.
 * Source: NumPy Enhancement Proposal 1, `numpy/lib/format.py`.
 *
 * @param data  elements in row-major order.
 * @param shape sizes of the axes, e.g. (rows, cols, dim).
 * @param check called between steps; what it throws ends the call. Default: none.
 * @throws DinosegError SHAPE_MISMATCH
 */
export function encodeNpy(data: NpyArray, shape: readonly number[], check: Check = noCheck): Uint8Array {
	checkLength("encodeNpy", "data", data, ...shape);
	const axes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
	const header = `{'descr': '${descriptor(data)}', 'fortran_order': False, 'shape': (${axes}), }`;
	const prefix = MAGIC.length + 2;
	const begin = Math.ceil((prefix + header.length + 1) / ALIGNMENT) * ALIGNMENT;
	const text = `${header.padEnd(begin - prefix - 1)}\n`;
	const file = new Uint8Array(begin + data.byteLength);
	file.set(MAGIC);
	file[prefix - 2] = text.length & 255;
	file[prefix - 1] = text.length >> 8;
	for (let index = 0; index < text.length; index++) {
		file[prefix + index] = text.charCodeAt(index);
	}
	const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
	checkedCopy(check, bytes, file.subarray(begin));
	return file;
}
