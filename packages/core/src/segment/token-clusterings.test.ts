import { describe, expect, it } from "vitest";
import { asClusters } from "../../../../fixtures/as-clusters.ts";
import { errorOf } from "../../../../fixtures/errors.ts";
import { kernels } from "../../../../fixtures/kernels.ts";
import { SCATTERED_GRID as GRID, scattered } from "../../../../fixtures/point-clouds.ts";
import { kMeans, type MergingStep, mergingKMeans } from "../cluster/index.ts";
import { type KeptWalk, tokenClusterings } from "../cluster/token-clusterings.ts";
import { DEFAULT_OPTIONS, INITIALISATIONS } from "../options/index.ts";
import { createRandom } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";
import { segmentReduced } from "./segment-tokens.ts";
import { createStageRecorder } from "./stage-recorder.ts";

async function segment(points: Matrix, given: Partial<typeof DEFAULT_OPTIONS>) {
	const recorder = createStageRecorder({ now: () => 0, yield: async () => {} });
	const options = { ...DEFAULT_OPTIONS, smooth: { method: "median" as const }, restarts: 2, ...given };
	const result = await segmentReduced(kernels, GRID, { points }, options, recorder);
	return { ...asClusters(result), warnings: recorder.warnings };
}

/** A walk in memory, and how many steps were made. */
function keptWalk() {
	let steps: readonly MergingStep[] = [];
	let made = 0;
	const walk: KeptWalk = {
		get: () => steps,
		set(longer) {
			expect(longer.slice(0, -1)).toEqual(steps);
			steps = longer;
			made++;
		},
	};
	return { walk, made: () => made };
}

describe("the clusters of tokens", () => {
	const few = { data: Float32Array.of(0, 1, 2, 5, 6, 9), rows: 6, cols: 1 };

	const options = { restarts: 1, seed: 0 };

	it.each(INITIALISATIONS)("are at most as many as the tokens, begun with %s", (init) => {
		const clusterings = tokenClusterings(kernels, few, { ...options, init });
		expect(clusterings.choose({ min: 2, max: 12 }).curve.map(({ clusters }) => clusters)).toEqual([2, 3, 4, 5, 6]);
		for (const work of [() => clusterings.choose({ min: 7, max: 12 }), () => clusterings.at(7)]) {
			const error = errorOf(work);
			expect(error.code).toBe("CLUSTERS_EXCEED_TOKENS");
			expect(error.message).toMatch(/7 clusters were asked for, but the image has 6 tokens/);
		}
	});

	it("are k-means of drawn points, or what merging leaves, in whatever order they are asked for", () => {
		const points = scattered(4);
		const random = () => createRandom(0);
		const drawn = tokenClusterings(kernels, points, { ...options, init: "k-means++" });
		const merged = tokenClusterings(kernels, points, { ...options, init: "merge" });
		const steps = [...mergingKMeans(kernels, points, { clusters: 12, restarts: 1, random: random() })];
		for (const clusters of [5, 12, 1, 8, 5]) {
			expect(drawn.at(clusters)).toEqual(kMeans(kernels, points, { clusters, restarts: 1, random: random() }));
			expect(merged.at(clusters)).toEqual(steps[12 - clusters].clustering);
		}
		expect(merged.at(20)).toEqual(kMeans(kernels, points, { clusters: 20, restarts: 1, random: random() }));
	});

	it("are the same where a kept walk is gone on with, and each step is made once", () => {
		const points = scattered(4);
		const { walk, made } = keptWalk();
		const anew = tokenClusterings(kernels, points, { ...options, init: "merge" });
		const expected = [
			[8, 5],
			[10, 5],
			[3, 10],
			[8, 10],
			[1, 12],
			[1, 12],
		];
		for (const [clusters, steps] of expected) {
			const clusterings = tokenClusterings(kernels, points, { ...options, init: "merge", walk });
			expect(clusterings.at(clusters)).toEqual(anew.at(clusters));
			expect(made()).toBe(steps);
		}
		const range = { min: 2, max: 9 };
		const chosen = tokenClusterings(kernels, points, { ...options, init: "merge", walk }).choose(range);
		expect(chosen).toEqual(anew.choose(range));
		expect(made()).toBe(12);
	});

	it("are the same after cancels in the middle of a kept walk", () => {
		const points = scattered(4);
		const { walk, made } = keptWalk();
		const lengths = new Set<number>();
		for (let looks = 10; made() < 11; looks += 10) {
			let left = looks;
			const cancelled = kernels.checked(() => {
				if (left-- === 0) {
					throw new Error("cancelled");
				}
			});
			try {
				tokenClusterings(cancelled, points, { ...options, init: "merge", walk }).at(2);
			} catch {
				lengths.add(made());
			}
		}
		expect(lengths.size).toBeGreaterThan(2);
		const anew = tokenClusterings(kernels, points, { ...options, init: "merge" });
		expect(tokenClusterings(kernels, points, { ...options, init: "merge", walk }).at(2)).toEqual(anew.at(2));
		expect(made()).toBe(11);
	});

	it.each(INITIALISATIONS)("of a range are those of the chosen number, begun with %s", async (init) => {
		for (const seed of [5, 6, 7]) {
			const points = scattered(seed);
			const { choice, ...chosen } = await segment(points, { init, seed, clusters: { min: 2, max: 8 } });
			expect(choice?.curve.map(({ clusters }) => clusters)).toEqual([2, 3, 4, 5, 6, 7, 8]);
			expect(choice?.clusters).toBe(chosen.clusters);
			const given = await segment(points, { init, seed, clusters: chosen.clusters });
			expect(given).toEqual(chosen);
			expect(given).not.toHaveProperty("choice");
		}
	});

	it("of a range beyond 12 are those of the chosen number too", async () => {
		const points = scattered(9);
		const { choice, ...chosen } = await segment(points, { clusters: { min: 3, max: 20 } });
		expect(choice?.curve.map(({ clusters }) => clusters)).toEqual(Array.from({ length: 18 }, (_, at) => 3 + at));
		expect(await segment(points, { clusters: choice?.clusters as number })).toEqual(chosen);
	});

	it("are told only where the least number is not possible", async () => {
		const points = { data: Float32Array.from({ length: 200 }, (_, at) => at % 3), rows: 200, cols: 1 };
		const some = await segment(points, { clusters: "auto" });
		expect(some.warnings).toEqual([]);
		expect(some.choice?.curve.map(({ clusters }) => clusters)).toEqual([2, 3]);
		const fewer = await segment(points, { clusters: { min: 5, max: 9 } });
		expect(fewer.clusters).toBe(3);
		expect(fewer.choice?.curve.map(({ clusters }) => clusters)).toEqual([3]);
		expect(fewer.warnings).toMatchObject([
			{ code: "FEWER_SEGMENTS", message: expect.stringContaining("5 clusters were asked for") },
		]);
	});
});
