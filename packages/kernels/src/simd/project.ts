import type { Check } from "../kernels.ts";
import { FLOAT32, FLOAT64, PANEL, panelsOf } from "./panels.ts";
import type { Job } from "./threads/job.ts";
import type { Threads } from "./threads/threads.ts";

/** Dimensions that are worked on at once: the components' panels then stay in a second-level cache. */
const BLOCK = 256;

/** `Kernels.project` on the SIMD build. */
export function project(
	threads: Threads,
	check: Check,
	points: Float32Array,
	count: number,
	dim: number,
	mean: Float64Array,
	components: Float64Array,
	componentCount: number,
): Float32Array {
	const { chunks, memory } = threads;
	return memory.scope(() => {
		const scores = memory.float32(count * componentCount);
		const shared = { points: memory.share(check, points), components: memory.share(check, components) };
		threads.run(projectRows, { ...shared, count, dim, mean, componentCount, chunks, scores }, chunks);
		return memory.keep(check, scores);
	});
}

interface ProjectOperands {
	/** Shape (count, dim). */
	readonly points: Float32Array;
	readonly count: number;
	readonly dim: number;
	readonly mean: Float64Array;
	/** Shape (componentCount, dim). */
	readonly components: Float64Array;
	readonly componentCount: number;
	readonly chunks: number;
	/** Written. Shape (count, componentCount). */
	readonly scores: Float32Array;
}

/** Some rows a chunk. */
export const projectRows: Job<ProjectOperands> = {
	name: "projectRows",
	run({ engine }, { points, count, dim, mean, components, componentCount, chunks, scores }, chunk) {
		const first = Math.floor((panelsOf(count) * chunk) / chunks) * PANEL;
		const last = Math.min(count, Math.floor((panelsOf(count) * (chunk + 1)) / chunks) * PANEL);
		engine((workspace) => {
			const { wasm, check } = workspace;
			const panels = panelsOf(componentCount);
			const means = workspace.copyIn(mean);
			const packed = workspace.reserve(panels * PANEL * dim * FLOAT64);
			const rows = workspace.reserve(PANEL * dim * FLOAT64);
			for (let panel = 0; panel < panels; panel++) {
				check();
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
			const sums = workspace.reserve(PANEL * stride);
			for (let i = first; i < last; i += PANEL) {
				const end = Math.min(i + PANEL, last);
				workspace.write(rows, points.subarray(i * dim, end * dim));
				wasm.packCentredRows(rows, dim * FLOAT32, means, dim, rowPanel);
				workspace.clear(sums, PANEL * stride);
				for (let start = 0; start < dim; start += BLOCK) {
					check();
					const length = Math.min(BLOCK, dim - start);
					const left = rowPanel + start * PANEL * FLOAT64;
					const right = packed + start * panels * PANEL * FLOAT64;
					wasm.addPanelProducts(left, right, panels, length, sums, stride);
				}
				for (let row = i; row < end; row++) {
					const at = sums + (row - i) * stride;
					wasm.narrow(at, componentCount, at);
					workspace.read(at, scores.subarray(row * componentCount, (row + 1) * componentCount));
				}
			}
		});
	},
};
