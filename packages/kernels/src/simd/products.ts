import type { Rectangle } from "../eigen/primitives.ts";
import type { Engine } from "./engine.ts";
import { FLOAT64, PANEL, panelsOf, reserveMatrix } from "./panels.ts";

/** Inner indices that are worked on at once: the right panels of a product of 512 columns stay in a second-level cache. */
const INNER_BLOCK = 256;

/** `EigenPrimitives.multiply` on the SIMD build. */
export function multiply(
	engine: Engine,
	left: Rectangle,
	leftRows: number,
	right: Float64Array,
	columns: number,
	out: Rectangle,
): void {
	const inner = right.length / columns;
	engine((workspace) => {
		const { wasm, check } = workspace;
		const products = reserveMatrix(workspace, leftRows, columns);
		const leftStride = left.stride * FLOAT64;
		const rightStride = columns * FLOAT64;
		// Whole tiles are read: the last ones reach beyond the matrices.
		const leftPointer = workspace.reserve(panelsOf(leftRows) * PANEL * leftStride);
		const rightPointer = workspace.reserve(inner * rightStride + PANEL * FLOAT64);
		workspace.write(leftPointer, left.data.subarray(left.start, left.start + (leftRows - 1) * left.stride + inner));
		workspace.write(rightPointer, right);
		const columnPanels = panelsOf(columns);
		const block = Math.min(INNER_BLOCK, inner);
		const leftPanel = workspace.reserve(block * PANEL * FLOAT64);
		const rightPanels = workspace.reserve(columnPanels * block * PANEL * FLOAT64);
		for (let start = 0; start < inner; start += INNER_BLOCK) {
			const length = Math.min(INNER_BLOCK, inner - start);
			wasm.packColumns(rightPointer + start * rightStride, rightStride, length, columnPanels, rightPanels);
			for (let row = 0; row < leftRows; row += PANEL) {
				check();
				wasm.packRows(leftPointer + row * leftStride + start * FLOAT64, leftStride, length, leftPanel);
				const target = products.pointer + row * products.stride;
				wasm.addPanelProducts(leftPanel, rightPanels, columnPanels, length, target, products.stride);
			}
		}
		for (let row = 0; row < leftRows; row++) {
			check();
			const start = out.start + row * out.stride;
			workspace.read(products.pointer + row * products.stride, out.data.subarray(start, start + columns));
		}
	});
}
