import type { PartialOptions } from "@dinoseg/core/options";
import { describe, expect, it } from "vitest";
import { openedPicture, PORTS, settingsOf, tokensOf } from "../../../../../fixtures/analysed-pictures.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { createAnalysis } from "./create-analysis.ts";
import { findInAll, type SearchedPicture } from "./find-in-all.ts";

const digest = async (bytes: Uint8Array) => bytes.length.toString(16).padStart(64, "0");

function searched(name: string, given: PartialOptions = {}): SearchedPicture {
	const picture = openedPicture(name);
	const analysis = createAnalysis(kernels, picture, PORTS);
	return { id: name, analysis, tokens: tokensOf(picture), settings: settingsOf(given) };
}

describe("findInAll", () => {
	it.each(["clusters", "regions"] as const)("gives all pictures the same ids: %s", async (segments) => {
		const pictures = ["fields with noise", "ramp", "dots"].map((name) => searched(name, { segments }));
		const { codebook, results } = await findInAll(pictures, 3, digest);
		expect([...results.keys()]).toEqual(pictures.map(({ id }) => id));
		expect(codebook.clusters).toBe(3);
		for (const { labels, codebook: applied } of results.values()) {
			expect(labels.count).toBe(3);
			expect(applied).toMatchObject({ clusters: 3, steady: false });
		}
	});

	it("chooses the number where it is not given", async () => {
		const { choice, codebook } = await findInAll([searched("fields with noise")], { min: 2, max: 5 }, digest);
		expect(choice?.clusters).toBe(codebook.clusters);
	});

	it("says what differs between two pictures, before any work", async () => {
		const other = searched("ramp", { median: 3 });
		await expect(findInAll([searched("dots"), other], 3, digest)).rejects.toMatchObject({
			code: "CODEBOOK_INVALID",
			message: expect.stringMatching(/^dots and ramp: both must be made alike, but .*median.* differs: 5 and 3/),
		});
		const foreign = {
			...other,
			tokens: { ...other.tokens, model: { ...other.tokens.model, digest: "ef".repeat(32) } },
		};
		await expect(findInAll([searched("dots"), foreign], 3, digest)).rejects.toThrow("the model differs");
	});

	it("refuses no picture, and a number that is none", async () => {
		await expect(findInAll([], 3, digest)).rejects.toMatchObject({ code: "INPUT_EMPTY" });
		await expect(findInAll([searched("dots")], 0, digest)).rejects.toMatchObject({ code: "OPTION_INVALID" });
		await expect(findInAll([searched("dots")], 500, digest)).rejects.toMatchObject({ code: "CLUSTERS_EXCEED_TOKENS" });
	});
});
