import type { Engine } from "./engine.ts";
import { FLOAT32, FLOAT64, PANEL, panelsOf } from "./panels.ts";

/** Dimensions that are worked on at once: the components' panels then stay in a second-level cache. */
const BLOCK = 256;

/** `Kernels.project` on the SIMD build. */
export function project(
	engine: Engine,
	points: Float32Array,
	count: number,
	dim: number,
	mean: Float64Array,
	components: Float64Array,
	componentCount: number,
): Float32Array {
	return engine((workspace) => {
		const { wasm } = workspace;
		const panels = panelsOf(componentCount);
		const means = workspace.copyIn(mean);
		const packed = workspace.reserve(panels * PANEL * dim * FLOAT64);
		const rows = workspace.reserve(PANEL * dim * FLOAT64);
		for (let panel = 0; panel < panels; panel++) {
			workspace.write(rows, components.subarray(panel * PANEL * dim, (panel + 1) * PANEL * dim));
			for (let start = 0; start < dim; start += BLOCK) {
				const length = Math.min(BLOCK, dim - start);
				// Panels of one block of dimensions lie together.
				const target = packed + (start * panels + panel * length) * PANEL * FLOAT64;
				wasm.packRows(rows + start * FLOAT64, dim * FLOAT64, length, target);
			}
		}
		const rowPanel = workspace.reserve(PANEL * dim * FLOAT64);
		const stride = panels * PANEL * FLOAT64;
		const scores = workspace.reserve(PANEL * stride);
		const projected = new Float32Array(count * componentCount);
		for (let i = 0; i < count; i += PANEL) {
			const end = Math.min(i + PANEL, count);
			workspace.write(rows, points.subarray(i * dim, end * dim));
			wasm.packCentredRows(rows, dim * FLOAT32, means, dim, rowPanel);
			workspace.clear(scores, PANEL * stride);
			for (let start = 0; start < dim; start += BLOCK) {
				const length = Math.min(BLOCK, dim - start);
				const left = rowPanel + start * PANEL * FLOAT64;
				const right = packed + start * panels * PANEL * FLOAT64;
				wasm.addPanelProducts(left, right, panels, length, scores, stride);
			}
			for (let row = i; row < end; row++) {
				const at = scores + (row - i) * stride;
				wasm.narrow(at, componentCount, at);
				workspace.read(at, projected.subarray(row * componentCount, (row + 1) * componentCount));
			}
		}
		return projected;
	});
}
