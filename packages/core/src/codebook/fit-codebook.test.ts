import { describe, expect, it } from "vitest";
import { expectCancellable } from "../../../../fixtures/cancellable.ts";
import { errorOf } from "../../../../fixtures/errors.ts";
import { backends, kernels } from "../../../../fixtures/kernels.ts";
import { plantedPart, plantedPicture } from "../../../../fixtures/planted-pictures.ts";
import { forEachSeed } from "../../../../fixtures/seeds.ts";
import { cancellableKernels } from "../abort.ts";
import { kMeans } from "../cluster/index.ts";
import { momentsOf } from "../linalg/index.ts";
import { DEFAULT_OPTIONS } from "../options/index.ts";
import { createRandom } from "../rng.ts";
import { applyCodebook, UNLIKE_SHARE } from "./apply-codebook.ts";
import type { CodebookPart } from "./codebook.ts";
import { encodeCodebook } from "./encode-codebook.ts";
import { fitCodebook } from "./fit-codebook.ts";
import { addSummaries, createSummarySum, type FitSummary, summarisePicture } from "./fit-summary.ts";
import { nearestCentroids } from "./nearest-centroids.ts";
import { picturePoints } from "./picture-points.ts";
import { updateCodebook } from "./update-codebook.ts";
import { sampleOf } from "./weighted-sample.ts";

const summarise = (seed: number) => summarisePicture(kernels, plantedPicture(seed), DEFAULT_OPTIONS, `picture ${seed}`);
const part = plantedPart(5);
const { codebook } = fitCodebook(kernels, part);

/** The id of each thing, where every patch of it has one. */
function idsOf(seed: number, labels: Uint16Array): number[] {
	const { things } = plantedPicture(seed);
	const ids = [0, 1, 2].map((thing) => new Set(labels.filter((_, token) => things[token] === thing)));
	expect(ids.map(({ size }) => size)).toEqual([1, 1, 1]);
	return ids.map(([id]) => id);
}

/** Of pictures whose tokens are all one. */
function flatSummary(): FitSummary {
	const { grid, picture } = plantedPicture(0);
	const flat = { grid: { ...grid, data: new Float32Array(grid.data.length).fill(1) }, picture };
	const sum = createSummarySum(6);
	for (const key of ["a", "b", "c"]) {
		sum.add(summarisePicture(kernels, flat, DEFAULT_OPTIONS, key));
	}
	return sum.summary();
}

describe("summaries", () => {
	it("are the same bytes however they were added", () => {
		const [a, b, c] = [0, 1, 2].map(summarise);
		const whole = plantedPart(3).summary;
		expect(addSummaries(addSummaries(c, a), b)).toEqual(whole);
		expect(addSummaries(b, addSummaries(a, c))).toEqual(whole);
		expect(addSummaries(createSummarySum(6).summary(), whole)).toEqual(whole);
	});

	it("count every patch, with data where there is a mask", () => {
		const picture = plantedPicture(1);
		const { width, height } = picture.picture;
		const valid = new Uint8Array(width * height).fill(1, 0, (width * height) / 2);
		const weigh = ({ moments, sample }: FitSummary) => [moments.count, sample.weights.reduce((a, b) => a + b, 0)];
		expect(weigh(summarise(1))).toEqual([96, expect.closeTo(96, 9)]);
		const masked = summarisePicture(kernels, { ...picture, valid }, DEFAULT_OPTIONS, "");
		expect(weigh(masked)).toEqual([48, expect.closeTo(48, 9)]);
	});

	it("are those of tokens of length 1 for the cosine metric, averaged as often as asked", () => {
		const { grid } = plantedPicture(0);
		const unit = picturePoints(kernels, grid, { metric: "cosine", denoise: 0 });
		expect(Math.hypot(...unit.data.subarray(0, unit.cols))).toBeCloseTo(1, 6);
		expect(picturePoints(kernels, grid, { metric: "euclidean", denoise: 0 }).data).toEqual(grid.data);
		expect(picturePoints(kernels, grid, { metric: "euclidean", denoise: 1 }).data).not.toEqual(grid.data);
	});

	it("notice a cancel", async () => {
		const looks = await expectCancellable((signal) =>
			summarisePicture(cancellableKernels(kernels, signal), plantedPicture(0), DEFAULT_OPTIONS, ""),
		);
		expect(looks).toBeGreaterThan(20);
	});
});

describe("a codebook", () => {
	it("gives one thing one id in every picture, also in those that it does not know; ids fall with share", () => {
		forEachSeed(9, (seed) => {
			const { labels, unlike, scores } = applyCodebook(kernels, codebook, plantedPicture(seed).grid);
			expect(idsOf(seed, labels)).toEqual([0, 1, 2]);
			expect(unlike).toBeLessThan(UNLIKE_SHARE);
			expect(scores).toHaveLength(labels.length * 3);
		});
		expect(codebook.shares[0]).toBeCloseTo(4 / 8, 1);
		expect(codebook.shares[1]).toBeCloseTo(3 / 8, 1);
	});

	it.each([0, 0.5, 1] as const)("measures unlikeness as tokens, whatever divides the components: %s", (whiten) => {
		const { codebook: divided } = fitCodebook(kernels, { ...part, options: { ...part.options, whiten, pca: 3 } });
		const tokens = picturePoints(kernels, plantedPicture(2).grid, DEFAULT_OPTIONS);
		const { labels, unlikeness } = nearestCentroids(kernels, divided, divided.centroids, tokens);
		// The mean of a cluster is nearly what its centroid stands for; the tokens of one vary by 0.4 along each of 6 axes.
		for (const [token, value] of unlikeness.entries()) {
			expect(labels[token]).toBeLessThan(3);
			expect(value).toBeLessThan(1);
		}
	});

	it("tells a picture of another kind", () => {
		const { grid } = plantedPicture(1);
		const other = { ...grid, data: grid.data.map((value, at) => (at % 6 === 5 ? value + 2 : value)) };
		expect(applyCodebook(kernels, codebook, other).unlike).toBe(1);
		expect(applyCodebook(kernels, codebook, other, new Uint32Array(0)).unlike).toBe(0);
	});

	it("finds nearly the best clusters of more points than it searches", () => {
		const random = createRandom(2);
		const [rows, cols, clusters] = [20_000, 4, 12];
		const centres = Float32Array.from({ length: clusters * cols }, () => random.next());
		const data = Float32Array.from({ length: rows * cols }, (_, at) => {
			const centre = Math.floor(at / cols) % clusters;
			return centres[centre * cols + (at % cols)] + 0.3 * random.next();
		});
		const points = { data, rows, cols };
		const sum = createSummarySum(cols);
		const sample = sampleOf(points, new Float64Array(rows).fill(1), "a key");
		sum.add({ images: 1, moments: momentsOf(kernels, points), sample });
		const options = { ...part.options, clusters, pca: "off" as const, whiten: 0 as const };
		const fit = fitCodebook(kernels, { ...part, options, summary: sum.summary() }).codebook;
		const { distances } = kernels.assignClusters(data, rows, cols, fit.centroids, fit.clusters);
		const best = kMeans(kernels, points, { clusters, restarts: 3, random });
		expect(distances.reduce((a, b) => a + b, 0) / best.inertia).toBeLessThan(1.02);
	});

	it("has the same bytes on every build of the kernels, whatever the order of the pictures", () => {
		const turned = createSummarySum(6);
		for (const seed of [3, 1, 4, 0, 2]) {
			turned.add(summarise(seed));
		}
		for (const build of backends) {
			const again = fitCodebook(build, { ...part, summary: turned.summary() }).codebook;
			expect(encodeCodebook(again)).toEqual(encodeCodebook(codebook));
		}
	});

	it.each(["merge", "k-means++"] as const)("chooses the number of clusters, begun with %s", (init) => {
		const fit = fitCodebook(kernels, { ...part, options: { ...part.options, clusters: "auto", init } });
		expect(fit.choice?.clusters).toBe(3);
		expect(fit.codebook.clusters).toBe(3);
	});

	it("divides by what `whiten` says, with PCA and without", () => {
		const divisors = (whiten: 0 | 0.5 | 1, pca: number | "off" = 0.99) =>
			fitCodebook(kernels, { ...part, options: { ...part.options, whiten, pca } }).codebook.divisors;
		const variances = codebook.pca?.explainedVariance ?? [];
		expect([...divisors(0)]).toEqual(Array.from(variances, () => 1));
		expect([...divisors(1)]).toEqual(Array.from(variances, (variance) => Math.sqrt(variance)));
		expect([...divisors(0.5)]).toEqual(Array.from(variances, (variance) => Math.sqrt(Math.sqrt(variance))));
		expect(divisors(1, "off")).toHaveLength(6);
	});

	it("weighs points by what they stand for", () => {
		// One point for 90 of 100: k-means of one cluster lies at the weighted mean.
		const data = Float32Array.of(0, 0, 10, 0);
		const sample = sampleOf({ data, rows: 2, cols: 2 }, Float64Array.of(90, 10), "");
		const summary = { images: 1, moments: summarise(0).moments, sample };
		const options = { ...DEFAULT_OPTIONS, clusters: 1, pca: "off" as const, whiten: 0 as const };
		const moments = {
			...summary.moments,
			dim: 2,
			sums: firsts(2, summary.moments.sums),
			products: firsts(3, summary.moments.products),
		};
		const fit = fitCodebook(kernels, { ...part, options, summary: { ...summary, moments } }).codebook;
		expect([...fit.centroids]).toEqual([1, 0]);
	});

	it("says what it cannot do", () => {
		const tooMany = errorOf(() => fitCodebook(kernels, { ...part, options: { ...part.options, clusters: 1000 } }));
		expect(tooMany.code).toBe("CLUSTERS_EXCEED_TOKENS");
		expect(tooMany.message).toContain("5 images");
		const { grid } = plantedPicture(0);
		const other = { ...grid, dim: 3, data: grid.data.subarray(0, grid.data.length / 2) };
		expect(errorOf(() => applyCodebook(kernels, codebook, other)).code).toBe("SHAPE_MISMATCH");
	});

	it("warns of fewer clusters than were asked for", () => {
		const fit = fitCodebook(kernels, { ...part, summary: flatSummary() });
		expect(fit.codebook.clusters).toBe(1);
		expect(fit.warnings.map(({ code }) => code)).toEqual(["FEWER_SEGMENTS"]);
	});

	it("notices a cancel of its making", async () => {
		const looks = await expectCancellable((signal) => fitCodebook(cancellableKernels(kernels, signal), part));
		expect(looks).toBeGreaterThan(20);
	});
});

function firsts(length: number, { high, low }: { readonly high: Float64Array; readonly low: Float64Array }) {
	return { high: high.slice(0, length), low: low.slice(0, length) };
}

describe("an updated codebook", () => {
	it("keeps ids, names and the number of clusters, and knows all pictures", () => {
		const named = { ...codebook, names: new Map([[1, { name: "road" }]]) };
		// Twenty pictures in which the third thing is everywhere: it becomes the largest, and keeps its id.
		const sum = createSummarySum(6);
		for (let seed = 0; seed < 20; seed++) {
			const { grid, picture, things } = plantedPicture(3 * seed + 1);
			const third = Array.from(things.keys()).filter((token) => things[token] === 2);
			const data = grid.data.map((_, at) => grid.data[third[Math.floor(at / 6) % third.length] * 6 + (at % 6)]);
			sum.add(summarisePicture(kernels, { grid: { ...grid, data }, picture }, DEFAULT_OPTIONS, `third ${seed}`));
		}
		const { codebook: updated } = updateCodebook(kernels, named, sum.summary());
		expect(updated.names).toBe(named.names);
		expect(updated.summary.images).toBe(25);
		expect(updated.shares[2]).toBeGreaterThan(0.8);
		for (const seed of [0, 1, 2]) {
			expect(idsOf(seed, applyCodebook(kernels, updated, plantedPicture(seed).grid).labels)).toEqual([0, 1, 2]);
		}
	});

	it("by nothing is the codebook", () => {
		const { codebook: same } = updateCodebook(kernels, codebook, createSummarySum(6).summary());
		expect(same.summary).toEqual(codebook.summary);
		for (const [at, value] of same.centroids.entries()) {
			expect(value).toBeCloseTo(codebook.centroids[at], 5);
		}
	});

	it("keeps its clusters where there are fewer distinct points", () => {
		const { codebook: flat } = fitCodebook(kernels, { ...part, summary: flatSummary() });
		const three = { ...flat, clusters: 3, centroids: Float64Array.of(...[0, 1, 2].flatMap(() => [...flat.centroids])) };
		expect(updateCodebook(kernels, three, flatSummary()).codebook).toMatchObject({ clusters: 3 });
	});

	it("keeps a cluster that no point is nearest to", () => {
		const centroids = codebook.centroids.slice();
		const cols = centroids.length / 3;
		centroids.set(centroids.subarray(0, cols), 2 * cols);
		const { codebook: updated } = updateCodebook(kernels, { ...codebook, centroids }, summarise(9));
		expect(updated.clusters).toBe(3);
		expect(updated.shares.every((share) => share >= 0)).toBe(true);
	});
});

describe("a bounded sample", () => {
	it("makes clusters nearly as good as all points do", () => {
		const random = createRandom(5);
		const [count, dim, capacity] = [6000, 4, 512];
		const data = Float32Array.from(
			{ length: count * dim },
			(_, at) => ((at >> 2) % 5) * (at % dim) + 2 * random.next(),
		);
		const all = { data, rows: count, cols: dim };
		const sum = createSummarySum(dim, capacity);
		const { moments } = summarise(0);
		for (let start = 0; start < count; start += 100) {
			const points = { data: data.subarray(start * dim, (start + 100) * dim), rows: 100, cols: dim };
			const ofPortion = { ...moments, dim, sums: firsts(dim, moments.sums), products: firsts(10, moments.products) };
			const sample = sampleOf(points, new Float64Array(100).fill(1), String(start), capacity);
			sum.add({ images: 1, moments: ofPortion, sample });
		}
		const options: CodebookPart["options"] = { ...part.options, clusters: 5, pca: "off", whiten: 0 };
		const { centroids, shares } = fitCodebook(kernels, { ...part, options, summary: sum.summary() }).codebook;
		const { distances } = kernels.assignClusters(data, count, dim, centroids, 5);
		const reference = kMeans(kernels, all, { clusters: 5, restarts: 3, random });
		expect(distances.reduce((a, b) => a + b, 0)).toBeLessThan(1.02 * reference.inertia);
		expect(shares.every((share) => Math.abs(share - 0.2) < 0.06)).toBe(true);
	});
});
