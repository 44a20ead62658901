import type { Rectangle, Tridiagonal } from "../eigen/primitives.ts";
import { blockFactor, reflectionBlocks } from "../eigen/reflection-blocks.ts";
import type { Check } from "../kernels.ts";
import { addInnerProducts } from "./inner-products.ts";
import { addProducts, multiply } from "./products.ts";

/** Multiply each row of `vectors` (count, N), in place, by the reflections of a reduction. */
export function reflect(
	check: Check,
	tridiagonal: Tridiagonal,
	size: number,
	vectors: Float64Array,
	rowCount: number,
): void {
	for (const block of reflectionBlocks(tridiagonal, size)) {
		const { count, length } = block;
		const products = new Float64Array(count * count);
		addInnerProducts(check, block.vectors, count, block.vectors, count, length, products, true);
		const leading = leadingColumns(vectors, rowCount, size, length);
		const common = new Float64Array(rowCount * count);
		addInnerProducts(check, leading, rowCount, block.vectors, count, length, common, false);
		const shares = new Float64Array(rowCount * count);
		const factor = blockFactor(block, products);
		multiply(check, whole(common, count), rowCount, factor, count, whole(shares, count));
		addProducts(check, whole(shares, count), rowCount, block.vectors, length, whole(vectors, size));
	}
}

function leadingColumns(matrix: Float64Array, rows: number, stride: number, columns: number): Float64Array {
	const leading = new Float64Array(rows * columns);
	for (let row = 0; row < rows; row++) {
		leading.set(matrix.subarray(row * stride, row * stride + columns), row * columns);
	}
	return leading;
}

function whole(data: Float64Array, stride: number): Rectangle {
	return { data, start: 0, stride };
}
