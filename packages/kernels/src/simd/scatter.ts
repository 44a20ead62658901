import type { Check } from "../kernels.ts";
import { mirrorLower } from "../reference/moments.ts";
import { FLOAT32, FLOAT64, PANEL, packCentredColumns, panelsOf, reserveMatrix } from "./panels.ts";
import type { Job } from "./threads/job.ts";
import type { Threads } from "./threads/threads.ts";

/** Length of the sums that are worked on at once: a left and a right panel then stay in the first-level cache. */
const BLOCK = 128;

/** `Kernels.scatterMatrix` on the SIMD build. */
export function scatterMatrix(
	threads: Threads,
	check: Check,
	points: Float32Array,
	count: number,
	dim: number,
	mean: Float64Array,
): Float64Array {
	const { chunks, memory } = threads;
	const scatter = memory.scope(() => {
		const lower = memory.float64(dim * dim);
		const operands = { points: memory.share(check, points), count, dim, mean, chunks, scatter: lower };
		threads.run(scatterPanels, operands, chunks);
		return memory.keep(check, lower);
	});
	mirrorLower(check, scatter, dim);
	return scatter;
}

interface ScatterOperands {
	/** Shape (count, dim). */
	readonly points: Float32Array;
	readonly count: number;
	readonly dim: number;
	readonly mean: Float64Array;
	readonly chunks: number;
	/** Only what lies on and below the diagonal counts. Written. Shape (dim, dim). */
	readonly scatter: Float64Array;
}

/** Some panels of rows of the lower triangle a chunk, of about the same area each. */
export const scatterPanels: Job<ScatterOperands> = {
	name: "scatterPanels",
	run({ engine }, { points, count, dim, mean, chunks, scatter }, chunk) {
		const firstPanel = Math.round(panelsOf(dim) * Math.sqrt(chunk / chunks));
		const panels = Math.round(panelsOf(dim) * Math.sqrt((chunk + 1) / chunks));
		const firstRow = firstPanel * PANEL;
		engine((workspace) => {
			const { wasm, check } = workspace;
			const out = reserveMatrix(workspace, panels * PANEL - firstRow, panels * PANEL);
			const means = workspace.reserve(panelsOf(dim) * PANEL * FLOAT64);
			workspace.write(means, mean);
			const block = Math.min(BLOCK, count);
			const rows = workspace.reserve((block * dim + PANEL) * FLOAT32);
			const packed = workspace.reserve(panels * PANEL * block * FLOAT64);
			for (let start = 0; start < count; start += BLOCK) {
				const length = Math.min(BLOCK, count - start);
				workspace.write(rows, points.subarray(start * dim, (start + length) * dim));
				packCentredColumns(workspace, { rows, dim, means, length, panels, packed });
				for (let panel = firstPanel; panel < panels; panel++) {
					check();
					const left = packed + panel * PANEL * length * FLOAT64;
					const target = out.pointer + (panel - firstPanel) * PANEL * out.stride;
					wasm.addPanelProducts(left, packed, panel + 1, length, target, out.stride);
				}
			}
			for (let row = firstRow; row < Math.min(panels * PANEL, dim); row++) {
				check();
				const target = scatter.subarray(row * dim, row * dim + row + 1);
				workspace.read(out.pointer + (row - firstRow) * out.stride, target);
			}
		});
	},
};
