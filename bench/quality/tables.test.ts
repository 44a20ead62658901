import { resolveOptions } from "@dinoseg/core/options";
import { describe, expect, it } from "vitest";
import { difference } from "./compare.ts";
import type { RunScores } from "./measure.ts";
import { flagsOf } from "./setting-flags.ts";
import { DEFAULT, FELZENSZWALB, GROUPS, optionsOf, REGIONS, type Setting } from "./settings.ts";
import { answerTable, type Row, scoreTable, seedTable } from "./tables.ts";

/** Four images of each data set, every score `value` and a little more from image to image. */
function scoresOf(value: number): RunScores {
	const images = [0, 1, 2, 3].map((image) => ({
		covering: value + image / 100,
		probabilisticRandIndex: value,
		variationOfInformation: 2 - value,
		boundaryF: value,
		segments: 5,
		meanIouOneToOne: 0.5,
		pixelAccuracyOneToOne: 0.5,
	}));
	return { bsds: images, camvid: images, coco: images };
}

const row = (setting: Setting, value: number, time = 1): Row => ({ setting, scores: scoresOf(value), time });
const edges: Setting = { name: "edges", options: { smooth: { method: "guided" }, minArea: { share: 0.01 } } };
const reference = row(DEFAULT, 0.4);

describe("difference", () => {
	it("is clear from two standard errors on, in the direction that is better", () => {
		expect(difference([0.5, 0.51, 0.52], [0.4, 0.4, 0.4])).toMatchObject({ verdict: "better" });
		expect(difference([0.5, 0.51, 0.52], [0.4, 0.4, 0.4], true)).toMatchObject({ verdict: "worse" });
		const { mean, error, verdict } = difference([1, 3], [1, 1]);
		expect([mean, error, verdict]).toEqual([1, 1, "unclear"]);
	});

	it("leaves out images without a score, and what is too small to matter", () => {
		expect(difference([0.5, Number.NaN, 0.5], [0.4, 0.4, 0.4]).mean).toBeCloseTo(0.1, 12);
		expect(difference([0.501, 0.501], [0.5, 0.5]).verdict).toBe("unclear");
		expect(difference([], []).verdict).toBe("unclear");
	});
});

describe("settings", () => {
	const all = [...new Set(GROUPS.flatMap(({ settings }) => settings))];

	it("have a name of their own in their table, and options that are allowed and differ from the first", () => {
		for (const { settings } of GROUPS) {
			expect(new Set(settings.map(({ name }) => name)).size).toBe(settings.length);
			for (const setting of settings.slice(1)) {
				expect(setting.features ?? flagsOf(setting), setting.name).not.toBe(flagsOf(settings[0]));
			}
		}
		for (const setting of all) {
			expect(() => resolveOptions(optionsOf(setting, 2)), setting.name).not.toThrow();
		}
	});

	it("take the seed unless they have none", () => {
		expect(optionsOf(edges, 2)).toEqual({ ...edges.options, seed: 2 });
		expect(optionsOf(REGIONS, 2)).toEqual(REGIONS.options);
	});

	it("tell their flags", () => {
		expect(flagsOf(edges)).toBe("--smooth guided --min-area 1%");
		expect(flagsOf(REGIONS)).toBe("--segments regions");
		expect([flagsOf(DEFAULT), flagsOf(FELZENSZWALB)]).toEqual(["", ""]);
	});
});

describe("tables", () => {
	it("mark what is clearly better and clearly worse than the first row, with the error", () => {
		const rows = [reference, row(edges, 0.5, 12), row({ ...edges, name: "other" }, 0.3, Number.NaN)];
		const [, , first, better, worse] = scoreTable(rows).split("\n");
		expect(first).toMatch(/^\| default \| {2}\| 0\.415 \| 0\.400 \| 1\.60 \|.* 1\.00 × \|$/);
		expect(better).toMatch(/^\| edges \| `--.*` \| \*\*0\.515 ± 0\.000\*\* \| .*\| 5\.0 \| .* 12\.0 × \|$/);
		expect(worse).toMatch(/\| _0\.315 ± 0\.000_ \| _0\.300 ± 0\.000_ \| _1\.70 ± 0\.00_ \|.* – \|$/);
	});

	it("name the best for each goal", () => {
		const answers = answerTable([reference, row(edges, 0.5)], reference)
			.split("\n")
			.slice(2);
		expect(answers).toHaveLength(4);
		expect(answers[0]).toContain("| edges |");
		expect(answers[0]).toContain("| **0.515 ± 0.000** | 0.415 |");
	});

	it("have a dash where a rival was not run", () => {
		const nothing = { bsds: [{}], camvid: [{}], coco: [{}] };
		const [, , , missing] = scoreTable([reference, { ...row(FELZENSZWALB, 0), scores: nothing }]).split("\n");
		expect(missing).toMatch(/^\| Felzenszwalb–Huttenlocher \| {2}(\| – )+/);
	});

	it("have the deviation over seeds", () => {
		const seeds = seedTable([{ name: "default", runs: [scoresOf(0.4), scoresOf(0.5)] }]);
		expect(seeds).toContain("| default | 0.465 ± 0.0707 |");
	});
});
