import type { Rectangle } from "../eigen/primitives.ts";
import type { Check } from "../kernels.ts";

/** `EigenPrimitives.multiply` in plain TypeScript. */
export function multiply(
	check: Check,
	left: Rectangle,
	leftRows: number,
	right: Float64Array,
	columns: number,
	out: Rectangle,
): void {
	for (let row = 0; row < leftRows; row++) {
		const start = out.start + row * out.stride;
		out.data.fill(0, start, start + columns);
	}
	addProducts(check, left, leftRows, right, columns, out);
}

/** out (M, P) += left (M, L) times right (L, P), term by term in rising order. P = `columns`. */
export function addProducts(
	check: Check,
	left: Rectangle,
	leftRows: number,
	right: Float64Array,
	columns: number,
	out: Rectangle,
): void {
	const { data } = out;
	const inner = right.length / columns;
	for (let i = 0; i < leftRows; i++) {
		check();
		const start = out.start + i * out.stride;
		let k = 0;
		// Four terms a pass spare loads and stores; each element still gets them one by one.
		for (; k + 3 < inner; k += 4) {
			const at = left.start + i * left.stride + k;
			const scale0 = left.data[at];
			const scale1 = left.data[at + 1];
			const scale2 = left.data[at + 2];
			const scale3 = left.data[at + 3];
			const row0 = right.subarray(k * columns, (k + 1) * columns);
			const row1 = right.subarray((k + 1) * columns, (k + 2) * columns);
			const row2 = right.subarray((k + 2) * columns, (k + 3) * columns);
			const row3 = right.subarray((k + 3) * columns, (k + 4) * columns);
			for (let j = 0; j < columns; j++) {
				data[start + j] = data[start + j] + scale0 * row0[j] + scale1 * row1[j] + scale2 * row2[j] + scale3 * row3[j];
			}
		}
		for (; k < inner; k++) {
			const scale = left.data[left.start + i * left.stride + k];
			for (let j = 0; j < columns; j++) {
				data[start + j] += scale * right[k * columns + j];
			}
		}
	}
}
