import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import { type FixtureTensor, loadJson, loadTensors } from "../../../../fixtures/load.ts";
import type { Matrix } from "../tensor/index.ts";
import { fitPca, projectPca } from "./pca.ts";
import type { PcaModel } from "./principal-components.ts";

interface PcaCase {
	readonly source: string;
	readonly tensor: string;
	readonly batch_index?: number;
	readonly rows?: readonly [number, number];
	readonly n_samples: number;
	readonly n_features: number;
	readonly n_components: number;
	readonly explained_variance: readonly number[];
	readonly explained_variance_ratio: readonly number[];
	readonly total_variance: number;
}

const cases = loadJson<Record<string, PcaCase>>("reference/pca/pca.json");

function pointsOf(entry: PcaCase): Matrix {
	const tensor = loadTensors(`reference/${entry.source}`).get(entry.tensor) as FixtureTensor;
	const cols = entry.n_features;
	const first = entry.rows === undefined ? (entry.batch_index ?? 0) * entry.n_samples : entry.rows[0];
	const data = (tensor.data as Float32Array).slice(first * cols, (first + entry.n_samples) * cols);
	return { data, rows: entry.n_samples, cols };
}

function fit(points: Matrix, option: number): PcaModel {
	return fitPca(kernels, points, option).model as PcaModel;
}

/** The points as the model sees them: mean plus scores times components. */
function reconstruct(model: PcaModel, scores: Matrix, row: number): Float64Array {
	const point = model.mean.slice();
	for (let k = 0; k < model.componentCount; k++) {
		for (let d = 0; d < model.dim; d++) {
			point[d] += scores.data[row * scores.cols + k] * model.components[k * model.dim + d];
		}
	}
	return point;
}

function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
	expect(actual.length).toBe(expected.length);
	let largest = 0;
	for (let i = 0; i < expected.length; i++) {
		largest = Math.max(largest, Math.abs(actual[i] - expected[i]));
	}
	return largest;
}

const cloud = fc
	.record({ rows: fc.integer({ min: 1, max: 14 }), cols: fc.integer({ min: 1, max: 14 }) })
	.chain(({ rows, cols }) =>
		fc
			.array(fc.integer({ min: -50, max: 50 }), { minLength: rows * cols, maxLength: rows * cols })
			.map((values): Matrix => ({ data: Float32Array.from(values), rows, cols })),
	);

describe("fitPca against scikit-learn PCA(0.99, svd_solver=full)", () => {
	it.each(Object.entries(cases))(
		"%s",
		(name, entry) => {
			const points = pointsOf(entry);
			const model = fit(points, 0.99);
			const expected = loadTensors(`reference/pca/${name}.safetensors`);
			const tensor = (key: string) => (expected.get(key) as FixtureTensor).data;

			expect(model.componentCount).toBe(entry.n_components);
			expect(largestDifference(model.explainedVarianceRatio, entry.explained_variance_ratio)).toBeLessThan(1e-6);
			expect(largestDifference(model.explainedVariance, entry.explained_variance)).toBeLessThan(
				1e-6 * entry.total_variance,
			);
			expect(Math.abs(model.totalVariance / entry.total_variance - 1)).toBeLessThan(1e-6);
			expect(largestDifference(model.mean, tensor("mean"))).toBeLessThan(1e-5);

			const scores = projectPca(kernels, model, points);
			expect(scores.cols).toBe(entry.n_components);
			const rowIds = tensor("row_ids");
			const reconstruction = tensor("row_reconstruction");
			const distances = tensor("row_distances");
			const count = rowIds.length;
			for (let a = 0; a < count; a++) {
				const row = reconstruct(model, scores, rowIds[a]);
				expect(largestDifference(row, reconstruction.subarray(a * model.dim, (a + 1) * model.dim))).toBeLessThanOrEqual(
					1e-3,
				);
				const own = scores.data.subarray(rowIds[a] * scores.cols, (rowIds[a] + 1) * scores.cols);
				const toOthers = Array.from(rowIds, (id) =>
					Math.sqrt(own.reduce((sum, value, k) => sum + (value - scores.data[id * scores.cols + k]) ** 2, 0)),
				);
				expect(largestDifference(toOthers, distances.subarray(a * count, (a + 1) * count))).toBeLessThanOrEqual(1e-3);
			}

			const componentIds = tensor("component_ids");
			const loadings = tensor("abs_components");
			const absoluteScores = tensor("row_abs_scores");
			for (let c = 0; c < componentIds.length; c++) {
				const component = model.components.subarray(componentIds[c] * model.dim, (componentIds[c] + 1) * model.dim);
				const reference = loadings.subarray(c * model.dim, (c + 1) * model.dim);
				expect(largestDifference(component.map(Math.abs), reference)).toBeLessThanOrEqual(1e-3);
				for (let a = 0; a < count; a++) {
					const score = Math.abs(scores.data[rowIds[a] * scores.cols + componentIds[c]]);
					expect(Math.abs(score - absoluteScores[a * componentIds.length + c])).toBeLessThanOrEqual(1e-3);
				}
			}
		},
		60_000,
	);
});

describe("fitPca", () => {
	it("gives orthonormal components, falling variances, positive largest loadings, whichever matrix it went through", () => {
		fc.assert(
			fc.property(cloud, fc.integer({ min: 1, max: 14 }), (points, count) => {
				const model = fit(points, count);
				const { components, componentCount, dim } = model;
				for (let a = 0; a < componentCount; a++) {
					const component = components.subarray(a * dim, (a + 1) * dim);
					const largest = component.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
					expect(largest).toBeGreaterThan(0);
					expect(a === 0 || model.explainedVariance[a] <= model.explainedVariance[a - 1]).toBe(true);
					for (let b = 0; b <= a; b++) {
						const dot = component.reduce((sum, value, d) => sum + value * components[b * dim + d], 0);
						expect(Math.abs(dot - (a === b ? 1 : 0))).toBeLessThan(1e-9);
					}
				}
			}),
		);
	});

	it("explains all of the variance and reconstructs the points with as many components as the rank", () => {
		fc.assert(
			fc.property(cloud, (points) => {
				const model = fit(points, 14);
				const scores = projectPca(kernels, model, points);
				const explained = model.explainedVariance.reduce((sum, value) => sum + value, 0);
				expect(Math.abs(explained - model.totalVariance)).toBeLessThanOrEqual(1e-9 * model.totalVariance);
				for (let i = 0; i < points.rows; i++) {
					const row = points.data.subarray(i * points.cols, (i + 1) * points.cols);
					expect(largestDifference(reconstruct(model, scores, i), row)).toBeLessThan(1e-4);
				}
			}),
		);
	});

	it("scores are uncorrelated with the explained variances on the diagonal", () => {
		fc.assert(
			fc.property(cloud, (points) => {
				fc.pre(points.rows > 1);
				const model = fit(points, 14);
				const scores = projectPca(kernels, model, points);
				const mean = kernels.columnMeans(scores.data, scores.rows, scores.cols);
				const scatter = kernels.scatterMatrix(scores.data, scores.rows, scores.cols, mean);
				for (let at = 0; at < scatter.length; at++) {
					const diagonal = at % (scores.cols + 1) === 0;
					const expected = diagonal ? model.explainedVariance[at % scores.cols] : 0;
					expect(Math.abs(scatter[at] / (points.rows - 1) - expected)).toBeLessThan(1e-5 * (1 + model.totalVariance));
				}
			}),
		);
	});

	it("keeps the fewest components whose share is greater than, not equal to, the one asked for", () => {
		// Variances 4 : 1 : 1 along the axes, in numbers that add up exactly.
		const data = Float32Array.of(2, 0, 0, -2, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 0);
		const points: Matrix = { data: data.map((value) => value * 2), rows: 8, cols: 3 };
		expect(fit(points, 0.5).componentCount).toBe(1);
		expect(fit(points, 0.67).componentCount).toBe(2);
		const half: Matrix = { data: Float32Array.of(1, 0, -1, 0, 0, 1, 0, -1), rows: 4, cols: 2 };
		expect(fit(half, 0.5).componentCount).toBe(2);
		expect(fit(half, 0.499).componentCount).toBe(1);
		expect(fit(half, 1 - 2 ** -53).componentCount).toBe(2);
	});

	it("lowers a count to the rank and says so", () => {
		const data = Float32Array.from({ length: 30 * 6 }, (_, i) => Math.floor(i / 6) * ((i % 6) + 1));
		const result = fitPca(kernels, { data, rows: 30, cols: 6 }, 4);
		expect(result.model?.componentCount).toBe(1);
		expect(result.warning?.code).toBe("PCA_COMPONENTS_LOWERED");
		expect(result.warning?.message).toContain("4 components");
		const full = fitPca(kernels, { data, rows: 30, cols: 6 }, 1);
		expect(full.warning).toBeUndefined();
	});

	it.each([
		["one token", { data: Float32Array.of(3, -1, 4), rows: 1, cols: 3 }],
		["equal tokens, fewer than dimensions", { data: new Float32Array(10).fill(0.1), rows: 2, cols: 5 }],
		["equal tokens", { data: new Float32Array(3 * 1369).fill(0.1), rows: 1369, cols: 3 }],
	])("works without variance: %s", (_name, points) => {
		for (const option of [0.99, 1, 2]) {
			const { model, warning } = fitPca(kernels, points, option);
			expect(model?.componentCount).toBe(1);
			expect(Array.from(model?.components ?? [])).toEqual([1, ...new Array(points.cols - 1).fill(0)]);
			expect(Array.from(model?.explainedVariance ?? [])).toEqual([0]);
			expect(Array.from(model?.explainedVarianceRatio ?? [])).toEqual([0]);
			expect(model?.totalVariance).toBe(0);
			expect(warning?.code).toBe(option === 2 ? "PCA_COMPONENTS_LOWERED" : undefined);
			const scores = projectPca(kernels, model, points);
			expect(Array.from(scores.data)).toEqual(new Array(points.rows).fill(0));
		}
	});

	it("fits nothing for off, and then projects nothing", () => {
		const points: Matrix = { data: Float32Array.of(1, 2), rows: 1, cols: 2 };
		const { model } = fitPca(kernels, points, "off");
		expect(model).toBeUndefined();
		expect(projectPca(kernels, model, points)).toBe(points);
	});

	it.each([0, 1.5, -0.1, -3, 65537, Number.NaN, Number.POSITIVE_INFINITY])("refuses the option %d", (option) => {
		const points: Matrix = { data: Float32Array.of(1, 2), rows: 2, cols: 1 };
		expect(() => fitPca(kernels, points, option)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
	});

	it("refuses shapes that do not fit", () => {
		const shapeMismatch = expect.objectContaining({ code: "SHAPE_MISMATCH" });
		const points: Matrix = { data: Float32Array.of(1, 2, 3, 5), rows: 2, cols: 2 };
		expect(() => fitPca(kernels, { ...points, rows: 3 }, 0.99)).toThrow(shapeMismatch);
		expect(() => fitPca(kernels, { data: new Float32Array(0), rows: 0, cols: 2 }, 0.99)).toThrow(shapeMismatch);
		const model = fit(points, 1);
		expect(() => projectPca(kernels, model, { data: new Float32Array(3), rows: 1, cols: 3 })).toThrow(
			/must be \(N, 2\).*got \(1, 3\)/,
		);
	});
});
