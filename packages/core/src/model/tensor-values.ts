import { checkLength } from "../errors/index.ts";
import type { TensorDtype } from "./checkpoint.ts";

/** Bytes per element. */
export const DTYPE_BYTES: Readonly<Record<TensorDtype, number>> = { F32: 4, F16: 2, BF16: 2 };

/**
 * The elements of a tensor, widened to float32 (exact: every F16 and BF16 value is a float32 value).
 *
 * @param bytes little endian, any alignment. Not modified.
 * @param count number of elements that the tensor's shape asks for.
 * @returns Float32Array (count,), sharing no memory with `bytes`.
 * @throws DinosegError SHAPE_MISMATCH
 */
export function decodeTensorValues(bytes: Uint8Array, dtype: TensorDtype, count: number): Float32Array {
	checkLength("decodeTensorValues", `bytes of ${dtype} (count, bytes per element)`, bytes, count, DTYPE_BYTES[dtype]);
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const values = new Float32Array(count);
	// Bit patterns are copied, never numbers: an engine may change a NaN's payload on its way through a number.
	const bits = new Uint32Array(values.buffer);
	switch (dtype) {
		case "F32":
			for (let i = 0; i < count; i++) {
				bits[i] = view.getUint32(4 * i, true);
			}
			break;
		case "F16":
			for (let i = 0; i < count; i++) {
				bits[i] = widenHalf(view.getUint16(2 * i, true));
			}
			break;
		case "BF16":
			for (let i = 0; i < count; i++) {
				bits[i] = view.getUint16(2 * i, true) << 16;
			}
			break;
		default:
			dtype satisfies never;
	}
	return values;
}

/** IEEE 754 binary16 to binary32, both as bit patterns. */
function widenHalf(half: number): number {
	const sign = (half & 0x8000) << 16;
	const exponent = (half >> 10) & 0x1f;
	const fraction = half & 0x3ff;
	if (exponent === 31) {
		return sign | 0x7f800000 | (fraction << 13);
	}
	if (exponent !== 0) {
		return sign | ((exponent + 112) << 23) | (fraction << 13);
	}
	if (fraction === 0) {
		return sign;
	}
	// A subnormal half is a normal float: shift its leading one to the implicit place (bit 10).
	const shift = Math.clz32(fraction) - 21;
	return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}
