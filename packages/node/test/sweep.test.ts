import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import type { SegmentationEvent } from "@dinoseg/core";
import { renderResultSweep } from "@dinoseg/core/result";
import { describe, expect, it } from "vitest";
import { smallExample } from "./support/small-example.ts";
import { useSegmenter } from "./support/with-segmenter.ts";

const PHOTOGRAPH = fileURLToPath(new URL("../../../examples/rocket.jpg", import.meta.url));
const rocket = await smallExample("rocket.jpg");
const withShared = useSegmenter();

describe("sweep", () => {
	it("gives the maps that each number alone gives", () =>
		withShared(async (segmenter) => {
			const options = { inputSize: 224, restarts: 3 } as const;
			const swept = await segmenter.sweep(rocket, { min: 2, max: 5 }, { ...options, clusters: 3 });
			expect(swept.result.options.clusters).toBe(3);
			expect(swept.result).not.toHaveProperty("choice");
			expect(swept.choice.curve.map(({ clusters }) => clusters)).toEqual([2, 3, 4, 5]);
			const seen: number[] = [];
			for await (const { clusters, labels } of swept.maps()) {
				seen.push(clusters);
				const alone = await segmenter.segment(rocket, { ...options, clusters });
				expect(labels).toEqual(alone.labels);
			}
			expect(seen).toEqual([2, 3, 4, 5]);
			const chosen = await segmenter.segment(rocket, { ...options, clusters: { min: 2, max: 5 } });
			expect(chosen.choice).toEqual(swept.choice);
		}));

	it("cuts the tree of regions into every number of a range", () =>
		withShared(async (segmenter) => {
			const options = { segments: "regions", inputSize: 224 } as const;
			const swept = await segmenter.sweep(rocket, { min: 2, max: 4 }, options);
			const seen: number[] = [];
			for await (const { clusters, labels } of swept.maps()) {
				seen.push(clusters);
				expect(labels).toEqual((await segmenter.segment(rocket, { ...options, clusters })).labels);
			}
			expect(seen).toEqual([2, 3, 4]);
			expect(swept.choice).toMatchObject({ criterion: "detail", curve: seen.map((clusters) => ({ clusters })) });
			const alone = await segmenter.segment(rocket, options);
			const facts = ["image", "blurred", "labels", "confidence", "superpixels", "tree", "features"] as const;
			for (const fact of facts) {
				const [ofSweep, ofOne] = [swept.result, alone].map((result) => result[fact as keyof typeof result]);
				expect(isDeepStrictEqual(ofSweep, ofOne), fact).toBe(true);
			}
		}));

	it("runs the network once, and counts nothing of the maps in the times of the result", () =>
		withShared(async (segmenter) => {
			const stages: string[] = [];
			const swept = await segmenter.sweep(
				rocket,
				{ min: 2, max: 4 },
				{ inputSize: 224, onEvent: (event) => event.type === "stage-start" && stages.push(event.stage) },
			);
			const { timings } = swept.result;
			const before = { ...timings };
			const sheet = await renderResultSweep(swept);
			expect(sheet.width).toBe(1600);
			expect(swept.result.timings).toEqual(before);
			expect(stages.filter((stage) => stage === "network" || stage === "pca")).toEqual(["network", "pca"]);
			expect(stages.filter((stage) => stage === "smooth")).toHaveLength(4);
		}));

	it.each([
		[{ min: 4, max: 3 }, /range must be a range that rises, got 4..3/],
		[{ min: 2, max: 32 }, /range must hold at most 30 numbers of segments, got 2..32: 31 of them/],
		["2..12" as never, /range must be of the form/],
	])("refuses %j before any work", (range, message) =>
		withShared(async (segmenter) => {
			await expect(segmenter.sweep("nowhere.jpg", range)).rejects.toThrow(message);
		}),
	);

	it("refuses more clusters than tokens, before the network runs", () =>
		withShared(async (segmenter) => {
			const stages: string[] = [];
			const options = { inputSize: 112, onEvent: (event: SegmentationEvent) => stages.push(event.type) };
			await expect(segmenter.sweep(PHOTOGRAPH, { min: 500, max: 510 }, options)).rejects.toMatchObject({
				code: "CLUSTERS_EXCEED_TOKENS",
				message: expect.stringMatching(/rocket\.jpg: 500 clusters .* Lower clusters or the range of the sweep/),
			});
			expect(stages).toEqual(["stage-start", "stage-end"]);
		}));
});
