import type { Engine } from "./engine.ts";
import { FLOAT32, FLOAT64, PANEL, packCentredColumns, panelsOf, readMatrix, reserveMatrix } from "./panels.ts";

/** Points that are worked on at once: a left and a right panel then stay in the first-level cache. */
const BLOCK = 128;

/** `Kernels.combineRows` on the SIMD build. */
export function combineRows(
	engine: Engine,
	points: Float32Array,
	count: number,
	dim: number,
	mean: Float64Array,
	weights: Float64Array,
	combinations: number,
): Float64Array {
	return engine((workspace) => {
		const { wasm, check } = workspace;
		const out = reserveMatrix(workspace, combinations, dim);
		const panels = panelsOf(dim);
		const means = workspace.reserve(panels * PANEL * FLOAT64);
		workspace.write(means, mean);
		const block = Math.min(BLOCK, count);
		// Whole panels are read: the last ones reach beyond the matrices.
		const rows = workspace.reserve((block * dim + PANEL) * FLOAT32);
		const rightPanels = workspace.reserve(panels * PANEL * block * FLOAT64);
		const weightRows = workspace.reserve(PANEL * block * FLOAT64);
		const leftPanel = workspace.reserve(PANEL * block * FLOAT64);
		for (let start = 0; start < count; start += BLOCK) {
			const length = Math.min(BLOCK, count - start);
			workspace.write(rows, points.subarray(start * dim, (start + length) * dim));
			packCentredColumns(workspace, { rows, dim, means, length, panels, packed: rightPanels });
			for (let first = 0; first < combinations; first += PANEL) {
				check();
				for (let row = first; row < Math.min(first + PANEL, combinations); row++) {
					const from = row * count + start;
					workspace.write(weightRows + (row - first) * block * FLOAT64, weights.subarray(from, from + length));
				}
				wasm.packRows(weightRows, block * FLOAT64, length, leftPanel);
				wasm.addPanelProducts(leftPanel, rightPanels, panels, length, out.pointer + first * out.stride, out.stride);
			}
		}
		return readMatrix(workspace, out, combinations, dim);
	});
}
