import type { PartialOptions } from "@dinoseg/core/options";
import { describe, expect, it } from "vitest";
import { openedPicture, PORTS, settingsOf, tokensOf } from "../../../../../fixtures/analysed-pictures.ts";
import { asRegions } from "../../../../../fixtures/as-regions.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { createAnalysis } from "./create-analysis.ts";
import { cutTable } from "./cut-table.ts";

const CUTS: readonly PartialOptions[] = [
	{ detail: 0 },
	{},
	{ detail: 71.5 },
	{ detail: 100 },
	{ clusters: 1 },
	{ clusters: 5 },
	{ clusters: 1000 },
	{ clusters: { min: 3, max: 6 } },
];

describe("cutTable", () => {
	it.each(["fields with noise", "ramp", "one colour", "dots"])("has the ids that segment gives: %s", async (name) => {
		const picture = openedPicture(name);
		const analysis = createAnalysis(kernels, picture, PORTS);
		for (const given of CUTS) {
			const { options, ...settings } = settingsOf({ segments: "regions", ...given });
			const result = asRegions(await analysis.segment(tokensOf(picture), { ...settings, options }));
			const { table, regions, choice } = cutTable(result.tree, options);
			expect(Array.from(result.superpixels.data, (part) => table[part])).toEqual([...result.labels.data]);
			expect(regions).toBe(result.labels.count);
			expect(choice).toEqual(result.choice);
		}
	});
});
