import type { Rectangle } from "../eigen/primitives.ts";

/** `EigenPrimitives.multiply` in plain TypeScript. */
export function multiply(left: Rectangle, leftRows: number, right: readonly Float64Array[], out: Rectangle): void {
	for (let row = 0; row < leftRows; row++) {
		const start = out.start + row * out.stride;
		out.data.fill(0, start, start + (right[0]?.length ?? 0));
	}
	addProducts(left, leftRows, right, out);
}

/** out (M, P) += left (M, L) times the L rows of P elements of `right`, term by term in rising order. */
export function addProducts(left: Rectangle, leftRows: number, right: readonly Float64Array[], out: Rectangle): void {
	const { data } = out;
	for (let i = 0; i < leftRows; i++) {
		const start = out.start + i * out.stride;
		let k = 0;
		// Four terms a pass spare loads and stores; each element still gets them one by one.
		for (; k + 3 < right.length; k += 4) {
			const at = left.start + i * left.stride + k;
			const scale0 = left.data[at];
			const scale1 = left.data[at + 1];
			const scale2 = left.data[at + 2];
			const scale3 = left.data[at + 3];
			const row0 = right[k];
			const row1 = right[k + 1];
			const row2 = right[k + 2];
			const row3 = right[k + 3];
			for (let j = 0; j < row0.length; j++) {
				data[start + j] = data[start + j] + scale0 * row0[j] + scale1 * row1[j] + scale2 * row2[j] + scale3 * row3[j];
			}
		}
		for (; k < right.length; k++) {
			const row = right[k];
			const scale = left.data[left.start + i * left.stride + k];
			for (let j = 0; j < row.length; j++) {
				data[start + j] += scale * row[j];
			}
		}
	}
}
