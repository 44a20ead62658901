import { mirrorLower } from "../reference/moments.ts";
import type { Engine } from "./engine.ts";
import { FLOAT32, FLOAT64, PANEL, panelsOf, readMatrix, reserveMatrix } from "./panels.ts";

/** Length of the sums that are worked on at once: a left and a right panel then stay in the first-level cache. */
const BLOCK = 128;

/** `Kernels.gramMatrix` on the SIMD build. */
export function gramMatrix(
	engine: Engine,
	points: Float32Array,
	count: number,
	dim: number,
	mean: Float64Array,
): Float64Array {
	return engine((workspace) => {
		const { wasm, check } = workspace;
		const out = reserveMatrix(workspace, count, count);
		const panels = panelsOf(count);
		const means = workspace.copyIn(mean);
		const block = Math.min(BLOCK, dim);
		const rows = workspace.reserve(PANEL * block * FLOAT32);
		const packed = workspace.reserve(panels * PANEL * block * FLOAT64);
		for (let start = 0; start < dim; start += BLOCK) {
			const length = Math.min(BLOCK, dim - start);
			const panelBytes = PANEL * length * FLOAT64;
			for (let i = 0; i < count; i++) {
				const from = i * dim + start;
				workspace.write(rows + (i % PANEL) * block * FLOAT32, points.subarray(from, from + length));
				if (i % PANEL === PANEL - 1 || i === count - 1) {
					check();
					const panel = packed + Math.floor(i / PANEL) * panelBytes;
					wasm.packCentredRows(rows, block * FLOAT32, means + start * FLOAT64, length, panel);
				}
			}
			for (let panel = 0; panel < panels; panel++) {
				check();
				const left = packed + panel * panelBytes;
				wasm.addPanelProducts(left, packed, panel + 1, length, out.pointer + panel * PANEL * out.stride, out.stride);
			}
		}
		const gram = readMatrix(workspace, out, count, count);
		mirrorLower(check, gram, count);
		return gram;
	});
}
