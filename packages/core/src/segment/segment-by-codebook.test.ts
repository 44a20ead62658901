import { beforeAll, describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import { plantedPart, plantedPicture } from "../../../../fixtures/planted-pictures.ts";
import { applyCodebook, type Codebook, fitCodebook, picturePoints } from "../codebook/index.ts";
import { DEFAULT_OPTIONS, type PartialOptions, resolveOptions } from "../options/index.ts";
import { cutIntoRegions } from "../regions/index.ts";
import { segmentByCodebook } from "./segment-by-codebook.ts";
import type { SegmentationContext } from "./segment-tokens.ts";
import { createStageRecorder } from "./stage-recorder.ts";

const SEEDS = [0, 1, 2, 7, 8];
/** Pixels of a patch of the planted pictures. */
const SIDE = 4;
const CLUSTERS = 3;
const NONE = { method: "none" } as const;

let codebook: Codebook;
beforeAll(() => {
	codebook = fitCodebook(kernels, plantedPart(5)).codebook;
});

async function segment(seed: number, given: PartialOptions = {}, context: SegmentationContext = {}) {
	const { grid, picture } = plantedPicture(seed);
	const recorder = createStageRecorder({ now: () => 0, yield: async () => {} });
	const options = resolveOptions({ minArea: { pixels: 0 }, ...given });
	const result = await segmentByCodebook(kernels, grid, codebook, options, recorder, { picture, ...context });
	return { result, recorder, grid, picture };
}

/** Squared distance of a point to each centroid. */
function distancesOf(point: Float32Array): number[] {
	const { centroids } = codebook;
	return Array.from({ length: CLUSTERS }, (_, cluster) =>
		point.reduce((sum, value, d) => sum + (value - centroids[cluster * point.length + d]) ** 2, 0),
	);
}

/** What each of three things is called: the thing of the most patches has the lowest id. */
const ID_OF_THING = [0, 1, 2];

describe("clusters by a codebook", () => {
	it.each(SEEDS)("are the nearest centroids where nothing is smoothed: picture %i", async (seed) => {
		const { result, grid } = await segment(seed, { smooth: NONE });
		expect(result.kind).toBe("clusters");
		const { points } = applyCodebook(kernels, codebook, grid);
		const { cols } = points;
		const { tokenLabels } = result as { readonly tokenLabels: Uint16Array };
		for (const [token, label] of tokenLabels.entries()) {
			const distances = distancesOf(points.data.subarray(token * cols, (token + 1) * cols));
			expect(distances[label]).toBe(Math.min(...distances));
			// The pixels in the middle of a patch lie nearest to it.
			const [row, col] = [Math.floor(token / grid.cols), token % grid.cols];
			const pixel = (row * SIDE + SIDE / 2) * grid.imageWidth + col * SIDE + SIDE / 2;
			expect(result.labels.data[pixel]).toBe(label);
		}
	});

	it.each(SEEDS)("keep their ids wherever things lie: picture %i", async (seed) => {
		const { result } = await segment(seed, { smooth: NONE });
		const { things } = plantedPicture(seed);
		const { tokenLabels } = result as { readonly tokenLabels: Uint16Array };
		expect([...tokenLabels]).toEqual(Array.from(things, (thing) => ID_OF_THING[thing]));
		expect(result.labels.count).toBe(CLUSTERS);
	});

	it("say how unlike the picture is, and warn above a quarter", async () => {
		const { result, recorder, grid, picture } = await segment(1);
		expect(result.unlike).toBeLessThan(0.25);
		expect(recorder.warnings).toEqual([]);
		/** With a share of the tokens far from all that the codebook knows. */
		const partly = async (share: number) => {
			const data = grid.data.slice();
			data.fill(-9, 0, share * grid.rows * grid.cols * grid.dim);
			const other = createStageRecorder({ now: () => 0, yield: async () => {} });
			const options = DEFAULT_OPTIONS;
			const found = await segmentByCodebook(kernels, { ...grid, data }, codebook, options, other, { picture });
			return { unlike: found.unlike, codes: other.warnings.map(({ code }) => code) };
		};
		const [some, most] = [await partly(1 / 8), await partly(1 / 2)];
		expect(some.unlike).toBeGreaterThan(result.unlike);
		expect(some.codes).toEqual([]);
		expect(most.unlike).toBeGreaterThanOrEqual(1 / 2);
		expect(most.codes).toEqual(["UNLIKE_CODEBOOK"]);
	});
});

describe("regions by a codebook", () => {
	it.each(SEEDS)("take the nearest centroid, each as a whole: picture %i", async (seed) => {
		const { result, grid } = await segment(seed, { segments: "regions", clusters: 6 });
		if (result.kind !== "regions") {
			throw new Error("No regions.");
		}
		const { labels, superpixels, tree, regions } = result;
		expect(labels.count).toBe(CLUSTERS);
		const table = cutIntoRegions(tree, regions);
		const idOf = new Map<number, number>();
		for (const [pixel, superpixel] of superpixels.data.entries()) {
			const id = labels.data[pixel];
			expect(idOf.get(table[superpixel]) ?? id).toBe(id);
			idOf.set(table[superpixel], id);
		}
		expect(idOf.size).toBe(regions);
		// A thing is so far from the others that a region within it can only be its own.
		const points = picturePoints(kernels, grid, codebook.options);
		expect(points.rows).toBe(grid.rows * grid.cols);
		const { things } = plantedPicture(seed);
		for (const [token, thing] of things.entries()) {
			const [row, col] = [Math.floor(token / grid.cols), token % grid.cols];
			const pixel = (row * SIDE + SIDE / 2) * grid.imageWidth + col * SIDE + SIDE / 2;
			expect(labels.data[pixel]).toBe(ID_OF_THING[thing]);
		}
	});

	it("are one id where they are alike, whatever their number", async () => {
		const few = await segment(0, { segments: "regions", clusters: 3 });
		const many = await segment(0, { segments: "regions", clusters: 20 });
		expect(many.result.labels).toEqual(few.result.labels);
	});

	it("need the picture", async () => {
		const work = segment(0, { segments: "regions" }, { picture: undefined });
		await expect(work).rejects.toMatchObject({ code: "OPTION_INVALID", message: expect.stringContaining("picture") });
	});
});

describe("pixels without data", () => {
	it.each(["clusters", "regions"] as const)("come behind the clusters: %s", async (segments) => {
		const { width, height } = plantedPicture(0).picture;
		const valid = Uint8Array.from({ length: width * height }, (_, at) => Number(at % width >= width / 3));
		const { result } = await segment(0, { segments }, { valid });
		expect(result.labels).toMatchObject({ count: CLUSTERS + 1, background: CLUSTERS });
		expect(Array.from(result.labels.data, (id) => Number(id !== CLUSTERS))).toEqual([...valid]);
	});

	it("do not count for how unlike the picture is", async () => {
		const { grid, picture } = plantedPicture(0);
		const { width, height } = picture;
		const data = grid.data.slice();
		data.fill(-9, 0, data.length / 2);
		const valid = new Uint8Array(width * height).fill(1, (width * height) / 2);
		const unlikeOf = async (context: SegmentationContext) => {
			const recorder = createStageRecorder({ now: () => 0, yield: async () => {} });
			const other = { ...grid, data };
			return (await segmentByCodebook(kernels, other, codebook, DEFAULT_OPTIONS, recorder, context)).unlike;
		};
		expect(await unlikeOf({ picture })).toBeGreaterThanOrEqual(0.5);
		expect(await unlikeOf({ picture, valid })).toBeLessThan(0.5);
	});
});

describe("what is refused", () => {
	it("is a picture of other tokens, and a cancelled call", async () => {
		const { grid, picture } = plantedPicture(0);
		const recorder = createStageRecorder({ now: () => 0, yield: async () => {} });
		const options = DEFAULT_OPTIONS;
		const other = { ...grid, dim: 3, data: grid.data.subarray(0, grid.data.length / 2) };
		const run = (given: typeof grid, context: SegmentationContext) =>
			segmentByCodebook(kernels, given, codebook, options, recorder, { picture, ...context });
		await expect(run(other, {})).rejects.toMatchObject({ code: "SHAPE_MISMATCH" });
		await expect(run(grid, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
	});
});
