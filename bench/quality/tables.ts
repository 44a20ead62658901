import { type ScoreName, type Spread, spreadOf } from "@dinoseg/core/metrics";
import { markdownTable } from "../harness/markdown.ts";
import { difference, HEADLINES, meanScore, scoresOf, type Verdict } from "./compare.ts";
import type { Measured } from "./data.ts";
import type { RunScores } from "./measure.ts";
import { flagsOf, typedFlags } from "./setting-flags.ts";
import { DEFAULT, type Setting } from "./settings.ts";

/** A setting with what was measured of it. */
export interface Row {
	readonly setting: Setting;
	readonly clusters: number;
	readonly scores: RunScores;
	/** How many times as long as the plain recipe it takes. */
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
	{ head: "boundary P", dataset: "bsds", score: "boundaryPrecision", digits: 3 },
	{ head: "R", dataset: "bsds", score: "boundaryRecall", digits: 3 },
	{ head: "F", dataset: "bsds", score: "boundaryF", digits: 3 },
	{ head: "CamVid mIoU", dataset: "camvid", score: "meanIouOneToOne", digits: 3 },
	{ head: "accuracy", dataset: "camvid", score: "pixelAccuracyOneToOne", digits: 3 },
	{ head: "COCO mIoU", dataset: "coco", score: "meanIouOneToOne", digits: 3 },
	{ head: "accuracy", dataset: "coco", score: "pixelAccuracyOneToOne", digits: 3 },
];

/** Settings × scores; clear differences from the reference are marked. */
export function scoreTable(rows: readonly Row[], reference: Row): string {
	return markdownTable(
		["Setting", "Flags", ...COLUMNS.map(({ head }) => head), "time"],
		`ll${"r".repeat(COLUMNS.length + 1)}`,
		rows.map((row) => [
			row.setting.name,
			code(flagsOf(row.setting)),
			...COLUMNS.map((column) => cell(column, row, reference)),
			time(row.time),
		]),
	);
}

/** The scores of regions for each number of clusters, of two settings beside each other. */
export function clusterTable(tokens: readonly Row[], color: readonly Row[]): string {
	const columns = COLUMNS.slice(0, 3);
	const classes = COLUMNS.filter(({ head }) => head.endsWith("mIoU"));
	return markdownTable(
		["k", ...columns.flatMap(({ head }) => [`${head}, tokens`, "colour"]), ...classes.map(({ head }) => head)],
		"r".repeat(1 + 2 * columns.length + classes.length),
		tokens.map((row, at) => [
			String(row.clusters),
			...columns.flatMap((column) => {
				const [ours, theirs] = [row, color[at]].map(({ scores }) => meanScore(scores, column.dataset, column.score));
				return [ours.toFixed(column.digits), theirs.toFixed(column.digits)];
			}),
			...classes.map(({ dataset, score, digits }) => meanScore(row.scores, dataset, score).toFixed(digits)),
		]),
	);
}

/** The best setting for each thing that one can want. The default has a column, as its number of clusters is its own. */
export function answerTable(rows: readonly Row[], reference: Row): string {
	const byDefault = rows.find(({ setting }) => setting === DEFAULT) as Row;
	const candidates = rows.filter((row) => row !== byDefault);
	return markdownTable(
		["What you want", "Best setting", "What to type", "Score", "Default", "Plain recipe", "Time"],
		"lllrrrr",
		HEADLINES.map(({ dataset, score, goal }) => {
			const of = (row: Row) => meanScore(row.scores, dataset, score);
			const best = candidates.reduce((a, b) => (of(b) > of(a) ? b : a));
			const name = COLUMNS.find((column) => column.dataset === dataset && column.score === score)?.head;
			return [
				`${goal} (${name})`,
				best.setting.name,
				code(typedFlags(best.setting, best.clusters)),
				cellOf(of(best), 3, difference(values(best, dataset, score), values(reference, dataset, score)).verdict),
				of(byDefault).toFixed(3),
				of(reference).toFixed(3),
				time(best.time),
			];
		}),
	);
}

/** What is clearly better in nothing, with how it differs in each headline score. */
export function unhelpfulTable(rows: readonly Row[], reference: Row): string {
	const heads = HEADLINES.map(
		({ dataset, score }) =>
			COLUMNS.find((column) => column.dataset === dataset && column.score === score)?.head ?? score,
	);
	const judged = rows.map(({ setting, scores }) => ({
		setting,
		differences: HEADLINES.map(({ dataset, score }) =>
			difference(scoresOf(scores[dataset], score), values(reference, dataset, score)),
		),
	}));
	return markdownTable(
		["Setting", "What was hoped for", ...heads],
		`ll${"r".repeat(heads.length)}`,
		judged
			.filter(({ differences }) => differences.every(({ verdict }) => verdict !== "better"))
			.map(({ setting, differences }) => [
				setting.name,
				setting.why,
				...differences.map(({ mean, error, verdict }) => mark(`${signed(mean)} ± ${error.toFixed(3)}`, verdict)),
			]),
	);
}

/** Mean and deviation over seeds of every column. @param runs of each setting, one per seed. */
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

function cell({ dataset, score, digits, lowerIsBetter }: Column, row: Row, reference: Row): string {
	const { verdict } = difference(values(row, dataset, score), values(reference, dataset, score), lowerIsBetter);
	return cellOf(meanScore(row.scores, dataset, score), digits, verdict);
}

function cellOf(value: number, digits: number, verdict: Verdict): string {
	return mark(value.toFixed(digits), verdict);
}

/** Bold for better, slanted for worse. */
function mark(text: string, verdict: Verdict): string {
	return verdict === "better" ? `**${text}**` : verdict === "worse" ? `_${text}_` : text;
}

function values({ scores }: Row, dataset: Measured, score: ScoreName): readonly number[] {
	return scoresOf(scores[dataset], score);
}

function signed(value: number): string {
	return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;
}

function code(text: string): string {
	return text === "" ? "" : `\`${text}\``;
}

function time(ratio: number): string {
	return `${ratio.toFixed(ratio < 10 ? 2 : 1)} ×`;
}
