import { adjustedRandIndex } from "@dinoseg/core/metrics";
import { createSegmenter } from "@dinoseg/node/segmenter";
import { describe, expect, it } from "vitest";
import { asClusters } from "../../../fixtures/as-clusters.ts";
import { fixturePath, loadJson, loadPng } from "../../../fixtures/load.ts";

interface ReferenceCase {
	readonly photo: string;
	readonly median_ksize: number;
	readonly width: number;
	readonly height: number;
	readonly checkpoint: string;
	readonly n_components: number;
	readonly k: number;
	readonly inertia: number;
	readonly labels: string;
	readonly ari_floor_among_equal_inertia: number;
}

const CASES = loadJson<Record<string, ReferenceCase>>("reference/e2e/e2e.json");

describe("the whole chain", () => {
	it.each(Object.keys(CASES))("equals the original tools on the case %s", async (name) => {
		const expected = CASES[name];
		const model = fixturePath(`reference/${expected.checkpoint}`);
		const segmenter = await createSegmenter({ model, cache: false });
		try {
			const segmented = await segmenter.segment(fixturePath(`reference/${expected.photo}`), {
				clusters: expected.k,
				median: expected.median_ksize,
				inputSize: { width: expected.width, height: expected.height },
				// The original tools cluster principal components as they are.
				denoise: 0,
				whiten: 0,
				position: 0,
				init: "k-means++",
				restarts: 10,
			});
			const result = asClusters(segmented);
			expect(result.pca?.componentCount).toBe(expected.n_components);
			expect(result.inertia).toBeLessThanOrEqual(1.001 * expected.inertia);
			const grid = loadPng(`reference/${expected.labels}`);
			const agreement = adjustedRandIndex(result.tokenLabels, grid.data);
			expect(agreement).toBeGreaterThanOrEqual(expected.ari_floor_among_equal_inertia - 0.02);
		} finally {
			await segmenter.dispose();
		}
	});
});
