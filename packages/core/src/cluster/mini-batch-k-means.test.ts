import { describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import { cancellableKernels } from "../abort.ts";
import { createRandom } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";
import { kMeans } from "./k-means.ts";
import { miniBatchKMeans, type PointSource } from "./mini-batch-k-means.ts";

const COLS = 3;
const CLUSTERS = 6;

/** Points around six planted centres that overlap a little; each batch is made anew when it is read. */
function planted(batches: number, rows: number, centreOf = (draw: number, _batch: number) => draw): PointSource {
	return {
		batches,
		batch(index) {
			const random = createRandom(1000 + index);
			const spread = () => 2 * (random.next() + random.next() + random.next() - 1.5);
			const data = new Float32Array(rows * COLS);
			for (let row = 0; row < rows; row++) {
				const centre = centreOf(Math.floor(random.next() * CLUSTERS), index);
				data.set([5 * centre + spread(), (centre % 2) * 6 + spread(), spread()], row * COLS);
			}
			return { data, rows, cols: COLS };
		},
	};
}

function inOne(source: PointSource): Matrix {
	const batches = Array.from({ length: source.batches }, (_, index) => source.batch(index) as Matrix);
	const data = Float32Array.from(batches.flatMap((batch) => Array.from(batch.data)));
	return { data, rows: data.length / COLS, cols: COLS };
}

const options = (seed = 0) => ({ clusters: CLUSTERS, random: createRandom(seed) });

describe("miniBatchKMeans", () => {
	it.each([
		["mixed batches", planted(40, 250)],
		["batches of one cluster each", planted(42, 250, (_draw, batch) => batch % CLUSTERS)],
		["a single batch", planted(1, 5000)],
		["batches of one point", planted(400, 1)],
	])("comes within 1.05 of the inertia of kMeans on %s", async (_name, source) => {
		const full = kMeans(kernels, inOne(source), { ...options(), restarts: 10 });
		for (const seed of [0, 1, 2]) {
			const result = await miniBatchKMeans(kernels, source, options(seed));
			expect(result.clusters).toBe(CLUSTERS);
			expect(result.inertia).toBeLessThanOrEqual(1.05 * full.inertia);
		}
	});

	it("returns centroids, sizes and inertia that belong together", async () => {
		const source = planted(20, 100);
		const points = inOne(source);
		const { centroids, clusters, sizes, inertia } = await miniBatchKMeans(kernels, source, options());
		const { labels, distances } = kernels.assignClusters(points.data, points.rows, COLS, centroids, clusters);
		expect(Array.from(sizes)).toEqual(Array.from(sizes, (_, k) => labels.filter((label) => label === k).length));
		expect(inertia).toBeCloseTo(
			distances.reduce((sum, distance) => sum + distance, 0),
			6,
		);
	});

	it("gives the same for the same seed, whether batches come at once or later", async () => {
		const source = planted(20, 100);
		const late: PointSource = { batches: source.batches, batch: async (index) => source.batch(index) };
		const result = await miniBatchKMeans(kernels, source, options(4));
		expect(await miniBatchKMeans(kernels, late, options(4))).toEqual(result);
	});

	it("holds one batch at a time of a quarter of a million points", async () => {
		const result = await miniBatchKMeans(kernels, planted(250, 1000), { ...options(), passes: 2 });
		expect(result.sizes.reduce((sum, size) => sum + size, 0)).toBe(250_000);
		// Three variables, each four times a sum of three uniform ones of variance 1 / 12: 3 * 4 * 3 / 12.
		expect(result.inertia / 250_000).toBeLessThan(1.05 * 3);
	});

	it("puts a starved centroid where points are", async () => {
		// The sample holds all points, and among them a lone one so far away that it gets a centroid of its own.
		const source: PointSource = {
			batches: 10,
			batch(index) {
				const random = createRandom(index);
				const place = (row: number) => (row === 7 && index === 3 ? 1e4 : (row % 4) * 10 + random.next());
				return { data: Float32Array.from({ length: 400 }, (_, row) => place(row)), rows: 400, cols: 1 };
			},
		};
		const { clusters, sizes } = await miniBatchKMeans(kernels, source, { clusters: 4, random: createRandom(0) });
		expect(clusters).toBe(4);
		expect(Math.min(...sizes)).toBeGreaterThan(100);
	});

	it("makes as many clusters as there are distinct points", async () => {
		const source: PointSource = {
			batches: 3,
			batch: (index) => ({ data: new Float32Array(20).fill(index % 2), rows: 10, cols: 2 }),
		};
		expect(await miniBatchKMeans(kernels, source, options())).toMatchObject({ clusters: 2, inertia: 0 });
	});

	it("refuses what cannot be", async () => {
		const source = planted(2, 2);
		const invalid = expect.objectContaining({ code: "OPTION_INVALID" });
		const shape = expect.objectContaining({ code: "SHAPE_MISMATCH" });
		const run = (given: PointSource, extra: object = {}) =>
			miniBatchKMeans(kernels, given, { clusters: 2, random: createRandom(0), ...extra });
		await expect(run(source, { clusters: 0 })).rejects.toThrow(invalid);
		await expect(run(source, { passes: 0 })).rejects.toThrow(invalid);
		await expect(run(source, { tolerance: Number.NaN })).rejects.toThrow(invalid);
		await expect(run({ ...source, batches: 0 })).rejects.toThrow(invalid);
		await expect(run(source, { clusters: 5 })).rejects.toThrow(
			expect.objectContaining({ code: "CLUSTERS_EXCEED_TOKENS" }),
		);
		const uneven: PointSource = {
			batches: 2,
			batch: (index) => ({ data: new Float32Array(4), rows: 4 / (index + 1), cols: index + 1 }),
		};
		await expect(run(uneven)).rejects.toThrow(shape);
		await expect(run({ batches: 1, batch: () => ({ data: new Float32Array(0), rows: 0, cols: 2 }) })).rejects.toThrow(
			shape,
		);
	});

	it("stops between batches when its signal says so", async () => {
		const signal = { aborted: false };
		const source = planted(10, 50);
		const cancelling: PointSource = {
			batches: 10,
			batch(index) {
				signal.aborted = index === 4;
				return source.batch(index);
			},
		};
		await expect(miniBatchKMeans(cancellableKernels(kernels, signal), cancelling, options())).rejects.toThrow(
			expect.objectContaining({ code: "ABORTED" }),
		);
	});
});
