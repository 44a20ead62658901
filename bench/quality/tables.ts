import { type ScoreName, type Spread, spreadOf } from "@dinoseg/core/metrics";
import { markdownTable } from "../harness/markdown.ts";
import { difference, HEADLINES, meanScore, scoresOf, type Verdict } from "./compare.ts";
import type { Measured } from "./data.ts";
import type { RunScores } from "./measure.ts";
import { flagsOf } from "./setting-flags.ts";
import type { Setting } from "./settings.ts";

/** A setting with what was measured of it. */
export interface Row {
	readonly setting: Setting;
	readonly scores: RunScores;
	/** How many times as long as the default it takes; NaN where that was not measured. */
	readonly time: number;
}

interface Column {
	readonly head: string;
	readonly dataset: Measured;
	readonly score: ScoreName;
	readonly digits: number;
	readonly lowerIsBetter?: boolean;
}

const COLUMNS: readonly Column[] = [
	{ head: "covering", dataset: "bsds", score: "covering", digits: 3 },
	{ head: "PRI", dataset: "bsds", score: "probabilisticRandIndex", digits: 3 },
	{ head: "VI ↓", dataset: "bsds", score: "variationOfInformation", digits: 2, lowerIsBetter: true },
	{ head: "boundary F", dataset: "bsds", score: "boundaryF", digits: 3 },
	{ head: "segments", dataset: "bsds", score: "segments", digits: 1 },
	{ head: "CamVid mIoU", dataset: "camvid", score: "meanIouOneToOne", digits: 3 },
	{ head: "accuracy", dataset: "camvid", score: "pixelAccuracyOneToOne", digits: 3 },
	{ head: "COCO mIoU", dataset: "coco", score: "meanIouOneToOne", digits: 3 },
	{ head: "accuracy", dataset: "coco", score: "pixelAccuracyOneToOne", digits: 3 },
];

/** Settings × scores. Each score but the first row's has the standard error of its difference to that row's. */
export function scoreTable(rows: readonly Row[]): string {
	return markdownTable(
		["Setting", "Flags", ...COLUMNS.map(({ head }) => head), "time"],
		`ll${"r".repeat(COLUMNS.length + 1)}`,
		rows.map((row, at) => [
			row.setting.name,
			code(flagsOf(row.setting)),
			...COLUMNS.map((column) => cell(column, row, at === 0 ? undefined : rows[0])),
			time(row.time),
		]),
	);
}

/** The best setting for each thing that one can want. */
export function answerTable(rows: readonly Row[], reference: Row): string {
	return markdownTable(
		["What you want", "Best setting", "What to type", "Score", "Default", "Time"],
		"lllrrr",
		HEADLINES.map(({ dataset, score, goal }) => {
			const of = (row: Row) => meanScore(row.scores, dataset, score);
			// A class lies in several places, and a region in one: the more regions, the better one of them fits.
			const fits = ({ options, features = "tokens" }: Setting): boolean =>
				features === "tokens" && (dataset === "bsds" || options.segments !== "regions");
			const own = rows.filter(({ setting }) => fits(setting));
			const best = own.reduce((a, b) => (of(b) > of(a) ? b : a));
			const column = COLUMNS.find((one) => one.dataset === dataset && one.score === score) as Column;
			return [
				`${goal} (${column.head})`,
				best.setting.name,
				code(flagsOf(best.setting)),
				cell(column, best, best === reference ? undefined : reference),
				of(reference).toFixed(3),
				time(best.time),
			];
		}),
	);
}

/** Mean and deviation over seeds of every column. @param settings runs of each, one per seed. */
export function seedTable(settings: readonly { readonly name: string; readonly runs: readonly RunScores[] }[]): string {
	return markdownTable(
		["Setting", ...COLUMNS.map(({ head }) => head)],
		`l${"r".repeat(COLUMNS.length)}`,
		settings.map(({ name, runs }) => [
			name,
			...COLUMNS.map(({ dataset, score, digits }) =>
				formatSpread(spreadOf(runs.map((scores) => meanScore(scores, dataset, score))), digits),
			),
		]),
	);
}

function formatSpread({ mean, sd }: Spread, digits: number): string {
	return `${mean.toFixed(digits)} ± ${(sd ?? Number.NaN).toFixed(digits + 1)}`;
}

function cell({ dataset, score, digits, lowerIsBetter }: Column, row: Row, reference: Row | undefined): string {
	const mean = meanScore(row.scores, dataset, score);
	if (Number.isNaN(mean)) {
		return "–";
	}
	if (reference === undefined || score === "segments") {
		return mean.toFixed(digits);
	}
	const { error, verdict } = difference(values(row, dataset, score), values(reference, dataset, score), lowerIsBetter);
	return mark(`${mean.toFixed(digits)} ± ${error.toFixed(digits)}`, verdict);
}

/** Bold for better, slanted for worse. */
function mark(text: string, verdict: Verdict): string {
	return verdict === "better" ? `**${text}**` : verdict === "worse" ? `_${text}_` : text;
}

function values({ scores }: Row, dataset: Measured, score: ScoreName): readonly number[] {
	return scoresOf(scores[dataset], score);
}

function code(text: string): string {
	return text === "" ? "" : `\`${text}\``;
}

function time(ratio: number): string {
	return Number.isNaN(ratio) ? "–" : `${ratio.toFixed(ratio < 10 ? 2 : 1)} ×`;
}
