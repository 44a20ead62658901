import { describe, expect, it } from "vitest";
import { DRAWN_PICTURES, drawnPicture } from "../../../../fixtures/drawn-pictures.ts";
import { kernels } from "../../../../fixtures/kernels.ts";
import { randomTokenGrid } from "../../../../fixtures/random-token-grid.ts";
import { DEFAULT_OPTIONS, type PartialOptions, resolveOptions } from "../options/index.ts";
import { countAtHeight, cutIntoRegions, heightOfDetail, nodeStrengths, nodesOfCut } from "../regions/index.ts";
import type { TokenGrid } from "../tensor/index.ts";
import type { GrownRegions, KeptRegions } from "./segment-regions.ts";
import { segmentTokens } from "./segment-tokens.ts";
import type { RegionSegmentation } from "./segmentation.ts";
import { createStageRecorder } from "./stage-recorder.ts";
import { sweepRegions } from "./sweep-tokens.ts";

const [ROWS, COLS, DIM] = [4, 5, 6];

function gridOf(imageWidth: number, imageHeight: number): TokenGrid {
	return randomTokenGrid({ rows: ROWS, cols: COLS, dim: DIM, imageWidth, imageHeight });
}

async function segment(name: keyof typeof DRAWN_PICTURES, given: PartialOptions = {}) {
	const picture = drawnPicture(name, 3);
	const recorder = createStageRecorder({ now: () => 0, yield: async () => {} });
	const options = resolveOptions({ segments: "regions", ...given });
	const result = await segmentTokens(kernels, gridOf(picture.width, picture.height), options, recorder, { picture });
	return { result: result as RegionSegmentation, recorder };
}

describe("regions", () => {
	it.each(Object.keys(DRAWN_PICTURES))("of %s are the cut at the detail, numbered without a gap", async (name) => {
		for (const detail of [20, 50, 80]) {
			const { result, recorder } = await segment(name, { detail });
			const { labels, confidence, superpixels, tree, regions, choice } = result;
			expect(regions).toBe(countAtHeight(tree, heightOfDetail(detail)));
			expect(choice).toMatchObject({ criterion: "detail", clusters: regions });
			const table = cutIntoRegions(tree, regions);
			expect([...labels.data]).toEqual(Array.from(superpixels.data, (superpixel) => table[superpixel]));
			expect([...new Set(labels.data)].sort((a, b) => a - b)).toEqual(Array.from({ length: regions }, (_, id) => id));
			expect(labels.count).toBe(regions);
			const strengths = nodeStrengths(tree);
			const nodes = nodesOfCut(tree, regions);
			expect([...confidence]).toEqual(Array.from(superpixels.data, (superpixel) => strengths[nodes[superpixel]]));
			expect(recorder.warnings).toEqual([]);
		}
	});

	it("are the same where what all cuts share is kept, which is made once", async () => {
		const picture = drawnPicture("fields with noise", 3);
		const grid = gridOf(picture.width, picture.height);
		let kept: GrownRegions | undefined;
		let made = 0;
		const grown: KeptRegions = {
			get: () => kept,
			set(regions) {
				kept = regions;
				made++;
			},
		};
		for (const given of [{ detail: 30 }, { detail: 80 }, { clusters: 7 }, { clusters: { min: 3, max: 5 } }] as const) {
			const options = resolveOptions({ segments: "regions", ...given });
			const recorder = createStageRecorder({ now: () => 0, yield: async () => {} });
			const again = await segmentTokens(kernels, grid, options, recorder, { picture, grown });
			expect(again).toEqual((await segment("fields with noise", given)).result);
			expect(Object.keys(recorder.timings)).toEqual(["pca", "superpixels", "regions"]);
		}
		expect(made).toBe(1);
	});

	it("of one colour are one, of which nobody doubts", async () => {
		const { result } = await segment("one colour");
		expect(result.regions).toBe(1);
		expect(result.confidence.every((value) => value === 255)).toBe(true);
		expect(result.choice?.curve).toEqual([{ clusters: 1, value: 0 }]);
	});

	it("are as many as asked for, and a warning says when the picture has not so many superpixels", async () => {
		const seven = await segment("fields with noise", { clusters: 7 });
		expect(seven.result).toMatchObject({ regions: 7 });
		expect(seven.result).not.toHaveProperty("choice");
		const few = await segment("one colour", { clusters: 3 });
		expect(few.result.regions).toBe(1);
		expect(few.recorder.warnings).toMatchObject([
			{ code: "FEWER_SEGMENTS", message: expect.stringMatching(/^3 regions were asked for, .* only 1 superpixel/) },
		]);
		expect((await segment("one colour", { clusters: { min: 1, max: 9 } })).recorder.warnings).toEqual([]);
	});

	it("are the same wherever tokens lie: place counts for clusters only", async () => {
		// The weight cannot be asked for with regions, but its default is there, and it is above 0.
		const picture = drawnPicture("fields with noise", 3);
		const grid = gridOf(picture.width, picture.height);
		const placed = async (segments: "clusters" | "regions", position: number) => {
			const recorder = createStageRecorder({ now: () => 0, yield: async () => {} });
			const options = { ...resolveOptions({ segments, clusters: 6 }), position };
			return segmentTokens(kernels, grid, options, recorder, { picture });
		};
		expect(await placed("regions", 2)).toEqual(await placed("regions", 0));
		expect((await placed("clusters", 2)).labels).not.toEqual((await placed("clusters", 0)).labels);
	});

	it("stay within a range", async () => {
		const free = (await segment("noise", { detail: 60 })).result.regions;
		const few = await segment("noise", { detail: 60, clusters: { min: 1, max: free - 1 } });
		expect(few.result.regions).toBe(free - 1);
		const many = await segment("noise", { detail: 60, clusters: { min: free + 2, max: free + 4 } });
		expect(many.result.regions).toBe(free + 2);
		expect(many.result.choice?.curve.map(({ clusters }) => clusters)).toEqual([free + 2, free + 3, free + 4]);
	});

	it("below the smallest area merge first, unless their number asks for them", async () => {
		const minArea = { pixels: 100 };
		const { result } = await segment("noise", { detail: 100, minArea });
		const areas = new Uint32Array(result.regions);
		for (const id of result.labels.data) {
			areas[id]++;
		}
		expect(Math.min(...areas)).toBeGreaterThanOrEqual(100);
		expect((await segment("noise", { clusters: 200, minArea })).result.regions).toBe(200);
	});

	it("keep their ids in every map of a sweep", async () => {
		const { result, recorder } = await segment("fields with noise", { clusters: 4 });
		const sweep = sweepRegions(kernels, result, { min: 2, max: 5 }, DEFAULT_OPTIONS, recorder);
		expect(sweep.choice.curve.map(({ clusters }) => clusters)).toEqual([2, 3, 4, 5]);
		let coarser: Uint8Array | Uint16Array | undefined;
		for await (const { clusters, labels } of sweep.maps()) {
			expect(labels).toEqual((await segment("fields with noise", { clusters })).result.labels);
			if (coarser !== undefined) {
				const before = coarser;
				expect(labels.data.every((id, pixel) => id === before[pixel] || id === clusters - 1)).toBe(true);
			}
			coarser = labels.data;
		}
	});

	it("need the picture", async () => {
		const recorder = createStageRecorder({ now: () => 0, yield: async () => {} });
		await expect(
			segmentTokens(kernels, gridOf(20, 20), resolveOptions({ segments: "regions" }), recorder),
		).rejects.toThrow(expect.objectContaining({ code: "OPTION_INVALID", message: expect.stringContaining("picture") }));
	});
});
