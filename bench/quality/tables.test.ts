import { describe, expect, it } from "vitest";
import { difference } from "./compare.ts";
import type { RunScores } from "./measure.ts";
import { flagsOf, typedFlags } from "./setting-flags.ts";
import { COLOR, DEFAULT, GROUPS, optionsOf, PLAIN, PLAIN_OPTIONS, type Setting } from "./settings.ts";
import { answerTable, clusterTable, type Row, scoreTable, seedTable, unhelpfulTable } from "./tables.ts";

/** Four images of each data set, every score `value` and a little more from image to image. */
function scoresOf(value: number): RunScores {
	const images = [0, 1, 2, 3].map((image) => ({
		covering: value + image / 100,
		probabilisticRandIndex: value,
		variationOfInformation: 2 - value,
		boundaryPrecision: value,
		boundaryRecall: value,
		boundaryF: value,
		meanIouOneToOne: 0.5,
		pixelAccuracyOneToOne: 0.5,
	}));
	return { bsds: images, camvid: images, coco: images };
}

const row = (setting: Setting, value: number, time = 1): Row => ({
	setting,
	clusters: 4,
	scores: scoresOf(value),
	time,
});
const edges: Setting = {
	name: "edges",
	why: "borders",
	options: { smooth: { method: "guided" }, minArea: { share: 0.01 } },
};
const plain = row(PLAIN, 0.4);

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
	const all = GROUPS.flatMap(({ settings }) => settings);

	it("have a name of their own, a reason, and options that differ from the plain recipe", () => {
		expect(new Set([PLAIN, COLOR, ...all].map(({ name }) => name)).size).toBe(all.length + 2);
		for (const setting of all.filter((one) => one !== DEFAULT)) {
			expect(flagsOf(setting), setting.name).not.toBe("");
			expect(setting.why, setting.name).not.toBe("");
		}
	});

	it("take the number of clusters of the run unless they name one", () => {
		expect(optionsOf(edges, 4, 2)).toEqual({ ...PLAIN_OPTIONS, ...edges.options, clusters: 4, seed: 2 });
		expect(optionsOf({ ...edges, options: { clusters: 9 } }, 4, 0).clusters).toBe(9);
	});

	it("tell their flags", () => {
		expect(flagsOf(edges)).toBe("--smooth guided --min-area 1%");
		expect(flagsOf(PLAIN)).toBe("");
		expect(flagsOf(DEFAULT)).toBe("");
		expect(typedFlags(DEFAULT, 4)).toBe("");
		expect(typedFlags(PLAIN, 4)).toContain("-k 4");
	});
});

describe("tables", () => {
	it("mark what is clearly better and clearly worse", () => {
		const [, , reference, better, worse] = scoreTable([plain, row(edges, 0.5, 12), row(edges, 0.3)], plain).split("\n");
		expect(reference).toMatch(/^\| plain recipe \| {2}\| 0\.415 \| 0\.400 \| 1\.60 \|.* 1\.00 × \|$/);
		expect(better).toMatch(
			/^\| edges \| `--.*` \| \*\*0\.515\*\* \| \*\*0\.500\*\* \| \*\*1\.50\*\* \|.* 0\.500 \| 12\.0 × \|$/,
		);
		expect(worse).toContain("| _0.315_ | _0.300_ | _1.70_ |");
	});

	it("name the best for each goal, and what is best in nothing", () => {
		const rows = [row(edges, 0.5), row(DEFAULT, 0.41), row({ ...edges, name: "other", why: "hope" }, 0.3)];
		const answers = answerTable(rows, plain).split("\n").slice(2);
		expect(answers).toHaveLength(4);
		expect(answers[0]).toContain("| edges |");
		expect(answers[0]).toContain("| **0.515** | 0.425 | 0.415 |");
		const unhelpful = unhelpfulTable(rows, plain).split("\n").slice(2);
		expect(unhelpful).toEqual([
			"| other | hope | _−0.100 ± 0.000_ | _−0.100 ± 0.000_ | +0.000 ± 0.000 | +0.000 ± 0.000 |",
		]);
	});

	it("have tokens and colour beside each other, and the deviation over seeds", () => {
		expect(clusterTable([plain], [row(COLOR, 0.3)])).toContain("| 4 | 0.415 | 0.315 | 0.400 | 0.300 | 1.60 | 1.70 |");
		const seeds = seedTable([{ name: "plain", runs: [scoresOf(0.4), scoresOf(0.5)] }]);
		expect(seeds).toContain("| plain | 0.465 ± 0.0707 |");
	});
});
