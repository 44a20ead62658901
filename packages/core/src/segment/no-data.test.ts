import { describe, expect, it } from "vitest";
import { drawnPicture } from "../../../../fixtures/drawn-pictures.ts";
import { isFull } from "../../../../fixtures/is-full.ts";
import { kernels } from "../../../../fixtures/kernels.ts";
import { randomTokenGrid } from "../../../../fixtures/random-token-grid.ts";
import { forEachSeedInTurn } from "../../../../fixtures/seeds.ts";
import { fillNoData, type RgbImage } from "../image/index.ts";
import type { LabelMap } from "../labels/index.ts";
import { type PartialOptions, resolveOptions, SMOOTHING_METHODS } from "../options/index.ts";
import { validTokens } from "../points/valid-tokens.ts";
import { createRandom } from "../rng.ts";
import type { TokenGrid } from "../tensor/index.ts";
import { reduceTokens } from "./reduce-tokens.ts";
import { segmentTokens } from "./segment-tokens.ts";
import type { ClusterSegmentation, RegionSegmentation } from "./segmentation.ts";
import { createStageRecorder } from "./stage-recorder.ts";
import { sweepReduced, sweepRegions } from "./sweep-tokens.ts";

const [ROWS, COLS, DIM] = [6, 8, 6];

function gridOf(imageWidth: number, imageHeight: number, seed = 7): TokenGrid {
	return randomTokenGrid({ rows: ROWS, cols: COLS, dim: DIM, imageWidth, imageHeight }, seed);
}

/** A corner, or pixels here and there, or all but a disc. */
function maskOf({ width, height }: RgbImage, seed: number): Uint8Array {
	const random = createRandom(seed);
	const share = 0.2 + 0.6 * random.next();
	const reach = (share * Math.min(width, height)) / 2;
	const valid = Uint8Array.from({ length: width * height }, (_, at) => {
		const [x, y] = [at % width, Math.floor(at / width)];
		const inside = [
			x / width + y / height > share,
			random.next() < share,
			(x - width / 2) ** 2 + (y - height / 2) ** 2 <= reach ** 2 + 1,
		];
		return Number(inside[seed % 3]);
	});
	valid[valid.length - 1] = 1;
	valid[0] = 0;
	return valid;
}

const recorderOf = () => createStageRecorder({ now: () => 0, yield: async () => {} });

async function segment(picture: RgbImage, valid: Uint8Array | undefined, given: PartialOptions) {
	const recorder = recorderOf();
	const grid = gridOf(picture.width, picture.height);
	const result = await segmentTokens(kernels, grid, resolveOptions(given), recorder, { picture, valid });
	return { result, recorder, grid };
}

function expectMasked(labels: LabelMap, valid: Uint8Array): void {
	const background = labels.background as number;
	expect(background).toBe(labels.count - 1);
	expect(Array.from(labels.data, (id) => Number(id !== background))).toEqual(Array.from(valid));
}

const pictureOf = (name: string, valid: Uint8Array, seed: number) => {
	const picture = drawnPicture(name, seed);
	fillNoData(picture, valid, name);
	return picture;
};

/** As many as there are kinds of pictures, masks, numbers and smoothing together, or fewer. */
const SEEDS = isFull ? 60 : 20;

const NAMES = ["noise", "fields with noise", "ramp", "dots", "row"];

describe("clusters of a picture with pixels without data", () => {
	it("leave these out, with any number and smoothing, and number the others without a gap", async () => {
		await forEachSeedInTurn(SEEDS, async (seed) => {
			const name = NAMES[seed % NAMES.length];
			const valid = maskOf(drawnPicture(name, seed), seed);
			const picture = pictureOf(name, valid, seed);
			const method = SMOOTHING_METHODS[seed % SMOOTHING_METHODS.length];
			const clusters = seed % 4 === 0 ? "auto" : ((1 + (seed % 4)) as number);
			const minArea = { pixels: [0, 3, 40][seed % 3] };
			const tokens = validTokens(kernels, gridOf(picture.width, picture.height), valid).length;
			const given = { clusters: tokens < 5 ? 1 : clusters, smooth: { method }, minArea } as const;
			const { result } = await segment(picture, valid, given);
			const { labels, confidence } = result;
			expectMasked(labels, valid);
			const areas = new Float64Array(labels.count);
			for (const id of labels.data) {
				areas[id]++;
			}
			const own = [...areas.subarray(0, -1)];
			expect(own.every((area) => area > 0)).toBe(true);
			expect(own).toEqual(own.toSorted((a, b) => b - a));
			expect(confidence.every((value, at) => valid[at] === 1 || value === 0)).toBe(true);
		});
	});

	it("have the confidence that they have in the whole picture, where all patches have data", async () => {
		const picture = drawnPicture("fields with noise", 2);
		const valid = new Uint8Array(64 * 48).fill(1);
		valid[0] = 0;
		const whole = (await segment(picture, undefined, { clusters: 3 })).result;
		const { confidence } = (await segment(picture, valid, { clusters: 3 })).result;
		expect(Math.max(...confidence)).toBeGreaterThan(50);
		expect([...confidence.subarray(1)]).toEqual([...whole.confidence.subarray(1)]);
		expect(whole.labels).not.toHaveProperty("background");
	});

	it("are as many as asked for among the others", async () => {
		const valid = Uint8Array.from({ length: 64 * 48 }, (_, at) => Number(at % 64 < 24));
		const { result, grid } = await segment(pictureOf("fields with noise", valid, 1), valid, {
			clusters: 4,
			minArea: { pixels: 0 },
			smooth: { method: "none" },
		});
		expect(result.labels.count).toBe(5);
		const { tokenLabels } = result as ClusterSegmentation;
		const tokens = validTokens(kernels, grid, valid);
		expect(tokens).toHaveLength(3 * ROWS);
		expect(new Set(Array.from(tokens, (token) => tokenLabels[token])).size).toBe(4);
		expect(tokenLabels).toHaveLength(ROWS * COLS);
	});

	it("are refused where there are fewer patches with data", async () => {
		const valid = new Uint8Array(64 * 48);
		valid[0] = 1;
		const few = segment(pictureOf("fields with noise", valid, 1), valid, { clusters: 2 });
		await expect(few).rejects.toMatchObject({ code: "CLUSTERS_EXCEED_TOKENS" });
		const one = await segment(pictureOf("fields with noise", valid, 1), valid, { clusters: 1 });
		expect(one.result.labels.data.filter((id) => id === 0)).toHaveLength(1);
	});

	it("are swept with the same mask", async () => {
		const valid = maskOf(drawnPicture("noise"), 3);
		const picture = pictureOf("noise", valid, 0);
		const grid = gridOf(picture.width, picture.height);
		const options = resolveOptions({});
		const context = { picture, valid };
		const reduced = reduceTokens(kernels, grid, options);
		const range = { min: 2, max: 4 };
		const sweep = await sweepReduced(kernels, grid, reduced, range, options, recorderOf(), context);
		for await (const { clusters, labels } of sweep.maps()) {
			expectMasked(labels, valid);
			expect(labels).toEqual((await segment(picture, valid, { clusters })).result.labels);
		}
	});
});

describe("regions of a picture with pixels without data", () => {
	it("leave these out, however many there are", async () => {
		await forEachSeedInTurn(SEEDS, async (seed) => {
			const name = NAMES[seed % NAMES.length];
			const valid = maskOf(drawnPicture(name, seed), seed);
			const picture = pictureOf(name, valid, seed);
			const clusters = seed % 4 === 0 ? "auto" : ([0, 1, 4, 30][seed % 4] as number);
			const minArea = { pixels: [0, 4][seed % 2] };
			const { result, recorder } = await segment(picture, valid, { segments: "regions", clusters, minArea });
			const { labels, confidence, regions, tree } = result as RegionSegmentation;
			// Superpixels without data merge before all others, at no height.
			const withData = tree.areas.filter((area) => area >= 1).length;
			expect(tree.areas.every((area) => area > 0)).toBe(true);
			expect(tree.heights.subarray(0, tree.leaves - withData).every((height) => height === 0)).toBe(true);
			expectMasked(labels, valid);
			expect(labels.count).toBe(regions + 1);
			// Each that was asked for has pixels, unless there is a warning that there are not so many.
			expect(new Set(labels.data).size).toBe(regions + 1);
			if (typeof clusters === "number" && recorder.warnings.length === 0) {
				expect(regions).toBe(clusters);
			}
			expect(confidence.every((value, at) => valid[at] === 1 || value === 0)).toBe(true);
		});
	});

	it("are swept with the same mask", async () => {
		const valid = maskOf(drawnPicture("fields with noise"), 3);
		const picture = pictureOf("fields with noise", valid, 0);
		const { result } = await segment(picture, valid, { segments: "regions" });
		const options = resolveOptions({ segments: "regions" });
		const range = { min: 2, max: 4 };
		const sweep = sweepRegions(kernels, result as RegionSegmentation, range, options, recorderOf(), { valid });
		for await (const { clusters, labels } of sweep.maps()) {
			expectMasked(labels, valid);
			expect(labels.count).toBe(clusters + 1);
		}
	});
});

describe("validTokens", () => {
	it("are those whose patch has a pixel with data, as counting tells", () => {
		for (let seed = 0; seed < 30; seed++) {
			const [width, height] = [20 + seed * 3, 90 - seed * 2];
			const grid = { ...gridOf(width, height), stride: seed % 2 === 0 ? 14 : 7 };
			const valid = maskOf({ data: new Uint8Array(), width, height }, seed);
			const expected: number[] = [];
			for (let token = 0; token < ROWS * COLS; token++) {
				const [left, top] = [(token % COLS) * grid.stride, Math.floor(token / COLS) * grid.stride];
				const covers = (at: number, from: number, side: number, inputSide: number) =>
					((at + 1) * inputSide) / side > from && (at * inputSide) / side < from + grid.patchSize;
				const has = valid.some(
					(value, at) =>
						value === 1 &&
						covers(at % width, left, width, grid.inputWidth) &&
						covers(Math.floor(at / width), top, height, grid.inputHeight),
				);
				if (has) {
					expected.push(token);
				}
			}
			expect([...validTokens(kernels, grid, valid)], `mask ${seed}`).toEqual(expected);
		}
	});

	it("are all where no patch has any", () => {
		const grid = { ...gridOf(100, 100), stride: 7, inputWidth: 112, inputHeight: 84 };
		const valid = new Uint8Array(100 * 100);
		valid[valid.length - 1] = 1;
		expect(validTokens(kernels, grid, valid)).toHaveLength(ROWS * COLS);
	});
});
