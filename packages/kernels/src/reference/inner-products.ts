import type { Check } from "../kernels.ts";
/**
 * Add the inner products of the rows of two matrices to `out`: out (M, P) += left (M, L) times right (P, L) transposed.
 *
 * Convention: every element of `out` gets its L products one after the other in rising order, so tiles change the
 * speed and never the result. Tiles of 4 x 2 keep all their sums in registers.
 *
 * @param lowerOnly compute only what lies on or below the diagonal (a few elements above it may be written too).
 */
export function addInnerProducts(
	check: Check,
	left: Float64Array,
	leftRows: number,
	right: Float64Array,
	rightRows: number,
	length: number,
	out: Float64Array,
	lowerOnly: boolean,
): void {
	const tiledRows = leftRows - (leftRows % 4);
	for (let i = 0; i < tiledRows; i += 4) {
		check();
		const end = lowerOnly ? Math.min(i + 4, rightRows) : rightRows;
		const tiledEnd = end - (end % 2);
		for (let j = 0; j < tiledEnd; j += 2) {
			addTile(left, i, right, j, length, out, rightRows);
		}
		for (let row = i; tiledEnd < end && row < i + 4; row++) {
			addOne(left, row, right, tiledEnd, length, out, rightRows);
		}
	}
	for (let i = tiledRows; i < leftRows; i++) {
		const end = lowerOnly ? i + 1 : rightRows;
		for (let j = 0; j < end; j++) {
			addOne(left, i, right, j, length, out, rightRows);
		}
	}
}

function addTile(
	left: Float64Array,
	i: number,
	right: Float64Array,
	j: number,
	length: number,
	out: Float64Array,
	stride: number,
): void {
	const left0 = i * length;
	const left1 = left0 + length;
	const left2 = left1 + length;
	const left3 = left2 + length;
	const right0 = j * length;
	const right1 = right0 + length;
	const out0 = i * stride + j;
	const out1 = out0 + stride;
	const out2 = out1 + stride;
	const out3 = out2 + stride;
	let sum00 = out[out0];
	let sum01 = out[out0 + 1];
	let sum10 = out[out1];
	let sum11 = out[out1 + 1];
	let sum20 = out[out2];
	let sum21 = out[out2 + 1];
	let sum30 = out[out3];
	let sum31 = out[out3 + 1];
	for (let k = 0; k < length; k++) {
		const b0 = right[right0 + k];
		const b1 = right[right1 + k];
		const a0 = left[left0 + k];
		sum00 += a0 * b0;
		sum01 += a0 * b1;
		const a1 = left[left1 + k];
		sum10 += a1 * b0;
		sum11 += a1 * b1;
		const a2 = left[left2 + k];
		sum20 += a2 * b0;
		sum21 += a2 * b1;
		const a3 = left[left3 + k];
		sum30 += a3 * b0;
		sum31 += a3 * b1;
	}
	out[out0] = sum00;
	out[out0 + 1] = sum01;
	out[out1] = sum10;
	out[out1 + 1] = sum11;
	out[out2] = sum20;
	out[out2 + 1] = sum21;
	out[out3] = sum30;
	out[out3 + 1] = sum31;
}

function addOne(
	left: Float64Array,
	i: number,
	right: Float64Array,
	j: number,
	length: number,
	out: Float64Array,
	stride: number,
): void {
	const leftStart = i * length;
	const rightStart = j * length;
	let sum = out[i * stride + j];
	for (let k = 0; k < length; k++) {
		sum += left[leftStart + k] * right[rightStart + k];
	}
	out[i * stride + j] = sum;
}
