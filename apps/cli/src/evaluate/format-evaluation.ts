import { type ScoreName, type Spread, scoreNames, TREE_SCORE_NAMES, type TreeSummary } from "@dinoseg/core/metrics";
import { SCORED_DETAILS } from "./evaluate-cuts.ts";
import type { EvaluatedDataset } from "./evaluated-dataset.ts";
import { formatScore, SCORE_TITLES } from "./score-titles.ts";

/** The scores of a data set as a table for people. */
export function formatEvaluation(evaluated: EvaluatedDataset): string {
	const { summary, reading } = evaluated;
	const rows = [["score", "mean over images", "all images together"]];
	for (const name of scoreNames(reading.kind)) {
		rows.push([
			SCORE_TITLES[name].title,
			formatSpread(name, summary.mean[name]),
			name in summary.together ? formatSpread(name, summary.together[name]) : "",
		]);
	}
	const cuts = evaluated.trees ? ["", ...alignColumns(cutRows(evaluated.trees))] : [];
	const remarks = notes(evaluated);
	return `${[...alignColumns(rows), ...cuts, ...(remarks.length > 0 ? ["", ...remarks] : [])].join("\n")}\n`;
}

/** Scores of all cuts: a title and three values. */
export function cutRows({ ods, ois, bestCovering }: TreeSummary): string[][] {
	const head = ["all cuts of the tree", "one detail for all (ODS)", "the best of each image (OIS)", "the best nodes"];
	const rows = TREE_SCORE_NAMES.map((name) => {
		const { level, value } = ods[name];
		return [
			SCORE_TITLES[name].title,
			`${formatScore(name, value)} at ${SCORED_DETAILS[level]}`,
			formatScore(name, ois[name]),
			name === "covering" ? formatScore(name, bestCovering) : "",
		];
	});
	return [head, ...rows];
}

/** Rows of a title and values as lines of text. */
function alignColumns(rows: readonly (readonly string[])[]): string[] {
	const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
	return rows.map(([title, ...values]) =>
		[title.padEnd(widths[0]), ...values.map((value, index) => value.padStart(widths[index + 1]))].join("  ").trimEnd(),
	);
}

/** `0.531`, or `0.531 ± 0.0042` over several runs, which differ by little. */
export function formatSpread(name: ScoreName, spread: Spread | undefined): string {
	const mean = formatScore(name, spread?.mean);
	return spread === undefined || spread.sd === null
		? mean
		: `${mean} ± ${spread.sd.toFixed(SCORE_TITLES[name].digits + 1)}`;
}

/** What a reader has to know to read the table. */
export function notes({ images, failed, reading, seeds }: EvaluatedDataset): string[] {
	const total = images.length + failed;
	return [
		...(seeds && seeds.length > 1
			? [`Mean ± standard deviation over the ${seeds.length} seeds ${seeds[0]} to ${seeds[seeds.length - 1]}.`]
			: []),
		...(reading.kind === "classes"
			? ["Mean IoU and pixel accuracy of all images together mean something only where ids are shared by the images."]
			: []),
		...(failed > 0 ? [`${failed} of ${total} images failed and are left out.`] : []),
	];
}
