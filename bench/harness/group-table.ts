import type { BenchGroup, Contender } from "./bench-case.ts";
import { formatMilliseconds, markdownTable } from "./markdown.ts";
import type { CaseResult, Outcome } from "./run-case.ts";

const NONE = "–";

export interface CaseRow {
	readonly name: string;
	readonly result: CaseResult;
	/** MiB, as it is to be shown. */
	readonly peakMemory: string;
}

/** The table of one group, in the order of its cases. */
export function groupTable(group: BenchGroup, rows: readonly CaseRow[]): string {
	const { javascript, python, agreement } = group;
	const columns: [head: string, cell: (row: CaseRow) => string][] = [
		["Case", (row) => row.name],
		["Ours, reference (ms)", ({ result }) => time(result.reference)],
		["Ours, SIMD (ms)", ({ result }) => time(result.simd)],
	];
	const rivals: [title: string, contender: Contender][] = [];
	if (javascript) {
		rivals.push([javascript, "javascript"]);
	}
	if (python) {
		rivals.push([python, "python"]);
	}
	for (const [title, contender] of rivals) {
		columns.push([`${title} (ms)`, ({ result }) => withLibrary(title, result[contender])]);
	}
	for (const [title, contender] of rivals) {
		columns.push([`SIMD / ${title}`, ({ result }) => ratio(result.simd, result[contender])]);
	}
	if (agreement) {
		columns.push([
			agreement.title,
			({ result: { simd, python: theirs } }) =>
				isOutcome(simd) && isOutcome(theirs) ? agreement.describe(simd.summary, theirs.summary) : NONE,
		]);
	}
	columns.push(["Process at its peak (MiB)", (row) => row.peakMemory]);
	return markdownTable(
		columns.map(([head]) => head),
		`l${"r".repeat(columns.length - 1)}`,
		rows.map((row) => columns.map(([, cell]) => cell(row))),
	);
}

function isOutcome(outcome: Outcome | string | undefined): outcome is Outcome {
	return typeof outcome === "object";
}

function time(outcome: Outcome | string | undefined): string {
	return isOutcome(outcome) ? formatMilliseconds(outcome.timing.median) : (outcome ?? NONE);
}

/** The library is named where the head leaves it open. */
function withLibrary(title: string, outcome: Outcome | string | undefined): string {
	const isOpen = isOutcome(outcome) && outcome.library !== undefined && outcome.library !== title;
	return isOpen ? `${time(outcome)} (${outcome.library})` : time(outcome);
}

function ratio(ours: Outcome | string | undefined, theirs: Outcome | string | undefined): string {
	return isOutcome(ours) && isOutcome(theirs) ? (ours.timing.median / theirs.timing.median).toFixed(2) : NONE;
}
