import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { SegmentationEvent } from "@dinoseg/core";
import type { SegmentCallOptions } from "@dinoseg/core/engine";
import { isDinosegError } from "@dinoseg/core/errors";
import { describeResult } from "@dinoseg/core/result";
import { findHighNormTokens, type TokenGrid } from "@dinoseg/core/tensor";
import { encodePng } from "@dinoseg/node";
import { createSegmenter, type Segmenter } from "@dinoseg/node/segmenter";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeCheckpointWithOutliers } from "../../../fixtures/checkpoint-with-outliers.ts";
import { writeRandomCheckpoint } from "../../../fixtures/random-checkpoint.ts";
import { smallExample } from "./support/small-example.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";
import { useSegmenter, withSegmenter } from "./support/with-segmenter.ts";

const folder = useTemporaryFolder();
const withShared = useSegmenter();
const INPUT = { width: 112, height: 84 };
const cat = await smallExample("cat.jpg");

/** Call and collect what was told about the network: "cached", or the steps of each progress. */
async function networkOf(
	segmenter: Segmenter,
	picture: string,
	call: SegmentCallOptions,
): Promise<{ told: (string | undefined)[]; grid: TokenGrid }> {
	const told: (string | undefined)[] = [];
	const onEvent = (event: SegmentationEvent) => {
		if (event.type === "progress") {
			told.push(`${event.done}/${event.total}`);
		} else if (event.type === "stage-end" && event.stage === "network") {
			told.push(event.cached ? "cached" : "ran");
		}
	};
	return { grid: await segmenter.features(await smallExample(picture), { inputSize: INPUT, ...call, onEvent }), told };
}

/** Variance of the tokens over the grid. */
function spread({ data, rows, cols, dim }: TokenGrid): number {
	let sum = 0;
	for (let i = 0; i < dim; i++) {
		const values = Array.from({ length: rows * cols }, (_, token) => data[token * dim + i]);
		const mean = values.reduce((total, value) => total + value, 0) / values.length;
		sum += values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length;
	}
	return sum;
}

function flatPicture(color: readonly number[]): Promise<Uint8Array> {
	const data = Uint8Array.from({ length: INPUT.width * INPUT.height * 3 }, (_, i) => color[i % 3]);
	return encodePng({ data, ...INPUT });
}

describe("debias", () => {
	it("subtracts what the same network says of grey pictures, but for its mean", async () => {
		await withShared(async (segmenter) => {
			for (const call of [{}, { facet: "key", stride: 10 }, { layer: [2, -1], positionGrid: "hf" }] as const) {
				const features = (input: string | Uint8Array, more: SegmentCallOptions = {}) =>
					segmenter.features(input, { inputSize: INPUT, ...call, ...more });
				const plain = await features(cat);
				const debiased = await features(cat, { debias: true });
				const greys: TokenGrid[] = [];
				for (const grey of [32, 96, 160, 224]) {
					greys.push(await features(await flatPicture([grey, grey, grey]), { median: 0 }));
				}
				const { dim } = plain;
				const bias = plain.data.map((_, i) => greys.reduce((sum, grid) => sum + grid.data[i] / 4, 0));
				const means = new Float64Array(dim);
				for (const [i, value] of bias.entries()) {
					means[i % dim] += value / (plain.rows * plain.cols);
				}
				const error = debiased.data.map((value, i) => Math.abs(value - (plain.data[i] - bias[i] + means[i % dim])));
				expect(Math.max(...error)).toBeLessThan(1e-4);
				expect({ ...debiased, data: 0 }).toEqual({ ...plain, data: 0 });
			}
		});
	});

	it("leaves a picture of one colour less spread than it was, and one segment", async () => {
		await withShared(async (segmenter) => {
			for (const color of [
				[64, 64, 64],
				[230, 140, 30],
			]) {
				const picture = await flatPicture(color);
				const plain = await segmenter.features(picture, { inputSize: INPUT });
				const debiased = await segmenter.features(picture, { inputSize: INPUT, debias: true });
				expect(spread(debiased)).toBeLessThan(0.8 * spread(plain));
				const { labels } = await segmenter.segment(picture, { inputSize: INPUT, debias: true });
				expect(labels.count).toBe(1);
			}
		});
	});

	it("runs the network once for each of the grey pictures, and never again", async () => {
		const cacheFolder = join(folder.path, "bias-cache");
		await withSegmenter({ cache: true, cacheFolder }, async (segmenter) => {
			const told = async (picture: string, call: SegmentCallOptions) =>
				(await networkOf(segmenter, picture, call)).told;
			expect(await told("cat.jpg", {})).toEqual(["ran"]);
			expect(await told("cat.jpg", { debias: true })).toEqual(["1/4", "2/4", "3/4", "4/4", "ran"]);
			expect(await told("cat.jpg", { debias: true })).toEqual(["cached"]);
			expect(await told("cat.jpg", {})).toEqual(["cached"]);
			// Neither the picture nor what happens to its pixels has a say.
			expect(await told("coffee.jpg", { debias: true })).toEqual(["ran"]);
			expect(await told("cat.jpg", { debias: true, median: 0 })).toEqual(["ran"]);
			expect(await told("cat.jpg", { debias: true, stretch: { low: 1, high: 99 } })).toEqual(["ran"]);
			expect(await readdir(join(cacheFolder, "tokens"))).toHaveLength(5);
			// What decides how the network sees has.
			const other = { debias: true, inputSize: 70 };
			expect(await told("cat.jpg", other)).toEqual(["1/5", "2/5", "3/5", "4/5", "5/5", "ran"]);
			expect(await told("cat.jpg", { debias: true, facet: "value" })).toHaveLength(6);
			expect(await told("cat.jpg", { debias: true, layer: [-2] })).toHaveLength(6);
			expect(await told("cat.jpg", { debias: true, stride: 13 })).toHaveLength(6);
			expect(await told("cat.jpg", { debias: true, positionGrid: "hf" })).toHaveLength(6);
		});
		await withSegmenter({ cache: true, cacheFolder }, async (segmenter) => {
			expect((await networkOf(segmenter, "cat.jpg", { debias: true })).told).toEqual(["cached"]);
		});
	});

	it("keeps the bias of a network in memory where there is no cache", async () => {
		await withShared(async (segmenter) => {
			// A size that no other test of this segmenter takes: what it has kept of them is of no use.
			const call = { debias: true, inputSize: { width: 98, height: 70 } } as const;
			const first = await networkOf(segmenter, "cat.jpg", call);
			const second = await networkOf(segmenter, "cat.jpg", call);
			expect(first.told).toHaveLength(6);
			expect(second.told).toEqual(["ran"]);
			expect(second.grid).toEqual(first.grid);
			first.grid.data.fill(0);
			expect((await networkOf(segmenter, "cat.jpg", call)).grid).toEqual(second.grid);
		});
	});

	it("is the same for several pictures at once as for each alone", async () => {
		const pictures = ["cat.jpg", "coffee.jpg", "rocket.jpg"];
		const call = { debias: true, inputSize: { width: 112, height: 98 } } as const;
		const alone = await withShared(async (segmenter) => {
			const grids: TokenGrid[] = [];
			for (const picture of pictures) {
				grids.push((await networkOf(segmenter, picture, call)).grid);
			}
			return grids;
		});
		// The bias is measured for the first: here another picture than above.
		const together = await withSegmenter({ sessions: 2, threads: 2 }, (segmenter) =>
			Promise.all(pictures.toReversed().map(async (picture) => (await networkOf(segmenter, picture, call)).grid)),
		);
		expect(together.toReversed()).toEqual(alone);
	});

	it("stops at an abort between two runs, and goes on working afterwards", async () => {
		await withShared(async (segmenter) => {
			const controller = new AbortController();
			// No other test may have measured this bias before.
			const call = { inputSize: { width: 126, height: 84 }, debias: true } as const;
			const aborted = segmenter.segment(cat, {
				...call,
				signal: controller.signal,
				onEvent(event) {
					if (event.type === "progress" && event.stage === "network" && event.done === 3) {
						controller.abort();
					}
				},
			});
			const error = await aborted.catch((reason: unknown) => reason);
			expect(isDinosegError(error) && error.code).toBe("ABORTED");
			const { timings } = await segmenter.segment(cat, { ...call, clusters: 3 });
			expect(timings.network).toBeGreaterThan(0);
		});
	});

	it("works in 8 bits, with a bias of its own", async () => {
		await withSegmenter({ dtype: "int8" }, async (segmenter) => {
			const { told } = await networkOf(segmenter, "cat.jpg", { debias: true });
			expect(told).toHaveLength(6);
		});
	});
});

describe("repair", () => {
	const cells = [
		[0, 0],
		[5, 8],
		[12, 10],
		[12, 11],
	] as const;
	/** Of the table, without interpolation. */
	const TABLE = { width: 224, height: 224 };
	const call = { inputSize: TABLE, clusters: 4 };
	let model: string;
	let segmenter: Segmenter;
	beforeAll(async () => {
		const plain = join(folder.path, "plain");
		const sizes = { hiddenSize: 64, layers: 2, heads: 2, mlp: "gelu", imageSize: 224 } as const;
		await writeRandomCheckpoint(plain, { ...sizes, dtype: "F16" });
		model = join(folder.path, "outliers");
		await writeCheckpointWithOutliers(model, cells, plain);
		segmenter = await createSegmenter({ model, cache: false });
	});
	afterAll(() => segmenter?.dispose());

	it("replaces exactly the tokens that stick out, which the manifest goes on to name", async () => {
		const plain = await segmenter.segment(cat, call);
		const repaired = await segmenter.segment(cat, { ...call, repair: true });
		expect(findHighNormTokens(plain.tokens()).positions).toEqual(cells);
		expect(repaired.tokens().norms).toEqual(plain.tokens().norms);
		const { cols, dim } = plain.tokens();
		const changed = Array.from(plain.tokens().norms, (_, token) => {
			const of = ({ tokens }: typeof plain) => tokens().data.subarray(token * dim, (token + 1) * dim);
			return isDeepStrictEqual(of(plain), of(repaired)) ? [] : [[Math.floor(token / cols), token % cols]];
		}).flat();
		expect(changed).toEqual(cells);
		const manifests = [plain, repaired].map((result) => describeResult(result));
		expect(manifests[1].tokens).toEqual(manifests[0].tokens);
		expect(manifests[1].tokens.highNorm.at).toEqual(cells);
		expect(manifests.map(({ options }) => options.repair)).toEqual([false, true]);
		expect(await segmenter.features(cat, { ...call, repair: true })).toEqual(repaired.tokens());
	});

	it("comes before the bias, which no token that sticks out has a part in", async () => {
		const features = (options: SegmentCallOptions) => segmenter.features(cat, { ...call, ...options });
		const [none, repaired] = [await features({}), await features({ repair: true })];
		const [debiased, both] = [await features({ debias: true }), await features({ debias: true, repair: true })];
		const bias = none.data.map((value, i) => value - debiased.data[i]);
		for (const [row, col] of cells) {
			const token = (row * none.cols + col) * none.dim;
			const difference = both.data
				.subarray(token, token + none.dim)
				.map((value, i) => Math.abs(value - (repaired.data[token + i] - bias[token + i])));
			expect(Math.max(...difference)).toBeLessThan(1e-5);
		}
		// Where tokens of the grey pictures were repaired, the bias is like that of the neighbours.
		const lengthAt = (row: number, col: number) => {
			const start = (row * none.cols + col) * none.dim;
			return Math.hypot(...bias.subarray(start, start + none.dim));
		};
		expect(lengthAt(5, 8)).toBeLessThan(2 * Math.max(lengthAt(5, 7), lengthAt(5, 9)));
	});

	it("changes no byte of a model without such tokens", async () => {
		await withShared(async (segmenter) => {
			const plain = await segmenter.segment(await smallExample("coffee.jpg"), call);
			const repaired = await segmenter.segment(await smallExample("coffee.jpg"), { ...call, repair: true });
			expect(isDeepStrictEqual(repaired.tokens(), plain.tokens())).toBe(true);
			expect(isDeepStrictEqual(repaired.labels, plain.labels)).toBe(true);
		});
	});

	it("and debias give the same bytes with and without what is kept, in any order of calls", async () => {
		const calls = [
			{},
			{ repair: true },
			{ debias: true },
			{ repair: true, debias: true },
			{ clusters: 3, repair: true },
		];
		const everything = async (by: Segmenter) => {
			const made: [ranPca: boolean, result: object][] = [];
			for (const call of calls) {
				const options = { inputSize: TABLE, clusters: 5, restarts: 2, ...call };
				const { timings, ...result } = await by.segment(cat, options);
				made.push([timings.pca > 0, { ...result, tokens: result.tokens() }]);
			}
			return made;
		};
		const cacheFolder = join(folder.path, "both-cache");
		const kept = await withSegmenter({ model, cache: true, cacheFolder }, everything);
		const anew = await everything(segmenter);
		// What differs is too large to be printed.
		expect(kept.map(([, result], i) => isDeepStrictEqual(result, anew[i][1]))).toEqual(calls.map(() => true));
		expect(kept.map(([ranPca]) => ranPca)).toEqual([true, true, true, true, false]);
	});
});
