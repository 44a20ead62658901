import type { SegmentationEvent } from "@dinoseg/core";
import type { PartialOptions } from "@dinoseg/core/options";
import type { SegmentResult } from "@dinoseg/core/result";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openedPicture, PORTS, settingsOf, tokensOf } from "../../../../../fixtures/analysed-pictures.ts";
import { isFull } from "../../../../../fixtures/is-full.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { createAnalysis } from "./create-analysis.ts";

const picture = openedPicture("fields with noise");
const tokens = tokensOf(picture);

const CALLS: readonly PartialOptions[] = [
	{},
	{ clusters: 3 },
	{ clusters: 7, median: 0 },
	{ clusters: 3, pca: 2 },
	{ clusters: 3, denoise: 3, minArea: { pixels: 30 } },
	{ segments: "regions" },
	{ segments: "regions", detail: 80 },
	{ segments: "regions", clusters: 4 },
	{ segments: "regions", minArea: { pixels: 200 } },
	{ segments: "regions", median: 3 },
];

const open = () => createAnalysis(kernels, picture, PORTS);
const plain = ({ tokens: read, ...result }: SegmentResult) => ({ ...result, tokens: read() });

async function stagesOf(analysis: ReturnType<typeof open>, given: PartialOptions) {
	const events: SegmentationEvent[] = [];
	await analysis.segment(tokens, settingsOf(given), { onEvent: (event) => events.push(event) });
	return events.flatMap((event) =>
		event.type === "stage-end" ? [event.cached ? `(${event.stage})` : event.stage] : [],
	);
}

describe("an analysis", () => {
	it("gives the same result whatever was asked for before", async () => {
		const expected = await Promise.all(
			CALLS.map(async (given) => plain(await open().segment(tokens, settingsOf(given)))),
		);
		const order = fc.array(fc.nat(CALLS.length - 1), { minLength: 2, maxLength: 12 });
		await fc.assert(
			fc.asyncProperty(order, async (calls) => {
				const analysis = open();
				for (const call of calls) {
					expect(plain(await analysis.segment(tokens, settingsOf(CALLS[call])))).toEqual(expected[call]);
				}
			}),
			{ numRuns: isFull ? 15 : 5 },
		);
	});

	it("makes again only what the settings change", async () => {
		const analysis = open();
		const clustered = ["kmeans", "upsample", "smooth", "render"];
		expect(await stagesOf(analysis, {})).toEqual(["median", "pca", ...clustered]);
		expect(await stagesOf(analysis, { clusters: 4 })).toEqual(["(median)", "(pca)", ...clustered]);
		expect(await stagesOf(analysis, { clusters: 4, pca: 2 })).toEqual(["(median)", "pca", ...clustered]);
		expect(await stagesOf(analysis, { clusters: 4, median: 3 })).toEqual(["median", "pca", ...clustered]);
		const regions = { segments: "regions" } as const;
		expect(await stagesOf(analysis, regions)).toEqual(["(median)", "pca", "superpixels", "regions", "render"]);
		const again = ["(median)", "(pca)", "(superpixels)", "regions", "render"];
		expect(await stagesOf(analysis, { ...regions, detail: 90 })).toEqual(again);
		expect(await stagesOf(analysis, { ...regions, clusters: 3 })).toEqual(again);
		const grown = ["(median)", "pca", "(superpixels)", "regions", "render"];
		expect(await stagesOf(analysis, { ...regions, pca: 2 })).toEqual(grown);
	});

	it("does before the tokens are there what needs none", async () => {
		for (const [given, stages] of [
			[{ segments: "regions" }, ["(median)", "pca", "(superpixels)", "regions", "render"]],
			[{}, ["(median)", "pca", "kmeans", "upsample", "smooth", "render"]],
		] as const) {
			const analysis = open();
			await analysis.foresee(settingsOf(given));
			expect(await stagesOf(analysis, given)).toEqual(stages);
		}
	});

	it("is not led astray by what was foreseen and not asked for", async () => {
		const analysis = open();
		await analysis.foresee(settingsOf({ segments: "regions", median: 9 }));
		const given = settingsOf({ segments: "regions", median: 3 });
		expect(plain(await analysis.segment(tokens, given))).toEqual(plain(await open().segment(tokens, given)));
	});

	it("does not take other tokens of the same settings for those that it knows", async () => {
		const analysis = open();
		const others = tokensOf(picture, 8);
		await analysis.segment(tokens, settingsOf());
		const result = await analysis.segment(others, settingsOf());
		expect(plain(result)).toEqual(plain(await open().segment(others, settingsOf())));
	});

	it("tells the warnings of the file with each result, and calls it by its path", async () => {
		const warning = { code: "CONTRAST_LOW", message: "flat.tif: is flat." } as const;
		const analysis = createAnalysis(kernels, { ...picture, warnings: [warning], path: "flat.tif" }, PORTS);
		for (let call = 0; call < 2; call++) {
			const { warnings, input } = await analysis.segment(tokens, settingsOf());
			expect(warnings).toEqual([warning]);
			expect(input.path).toBe("flat.tif");
		}
	});

	it("ends where its signal fires, and goes on as if nothing had been", async () => {
		const analysis = open();
		const controller = new AbortController();
		const cancelled = analysis.segment(tokens, settingsOf(), {
			signal: controller.signal,
			onEvent: (event) => event.type === "stage-start" && event.stage === "kmeans" && controller.abort(),
		});
		await expect(cancelled).rejects.toMatchObject({ code: "ABORTED" });
		expect(plain(await analysis.segment(tokens, settingsOf()))).toEqual(
			plain(await open().segment(tokens, settingsOf())),
		);
	});

	it.each([
		["OPTION_INVALID", tokens, { ...settingsOf(), dtype: "int8" }, /fp32, but int8/],
		["SHAPE_MISMATCH", tokensOf(openedPicture("ramp")), settingsOf(), /64 x 48 pixels, .* 70 x 50/],
		["CLUSTERS_EXCEED_TOKENS", tokens, settingsOf({ clusters: 31 }), /31 clusters/],
	] as const)("refuses what does not fit together: %s", async (code, given, settings, message) => {
		await expect(open().segment(given, settings)).rejects.toMatchObject({
			code,
			message: expect.stringMatching(message),
		});
	});
});
