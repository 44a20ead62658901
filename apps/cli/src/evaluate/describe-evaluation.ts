import { VERSION } from "@dinoseg/core";
import { flagName } from "@dinoseg/core/errors";
import type { TreeSummary } from "@dinoseg/core/metrics";
import { DEFAULT_OPTIONS, formatOptions, type SegmentationOptions } from "@dinoseg/core/options";
import type { ModelIdentity } from "@dinoseg/core/result";
import type { InputOutcome } from "../progress/run-log.ts";
import { SCORED_DETAILS } from "./evaluate-cuts.ts";
import { type EvaluatedDataset, meanScores } from "./evaluated-dataset.ts";

/** Names the form of what `--json` prints. */
const SCHEMA = "dinoseg-evaluation/1";

/** What made the label maps, where this run made them. */
export interface MadeBy {
	readonly model: ModelIdentity;
	readonly options: SegmentationOptions;
}

/** What `--json` prints. A score that does not exist is null. */
export function describeEvaluation(
	{ dataset, reading, images, failed, seeds, summary, trees }: EvaluatedDataset,
	failures: readonly InputOutcome[],
	madeBy: MadeBy | undefined,
) {
	const done = images.map((image) => ({
		id: image.id,
		status: "done" as const,
		annotators: image.annotators,
		scores: meanScores(image),
		bySeed: seeds?.map((seed, run) => ({ seed, scores: image.runs[run].scores })) ?? null,
	}));
	const notDone = failures.map(({ input, error }) => ({ id: input, status: "failed" as const, error }));
	return {
		schema: SCHEMA,
		dinoseg: VERSION,
		dataset,
		kind: reading.kind,
		ignoreLabel: reading.ignoreLabel ?? null,
		model: madeBy ? describeModel(madeBy.model) : null,
		options: madeBy ? formatOptions(madeBy.options) : null,
		seeds: seeds ?? null,
		images: [...done, ...notDone].sort((a, b) => (a.id < b.id ? -1 : 1)),
		summary: { images: images.length, failed, ...summary, ...(trees ? { cuts: describeCuts(trees) } : {}) },
	};
}

/** Levels of cuts are told by their details. */
function describeCuts({ ods, ois, bestCovering }: TreeSummary) {
	const named = Object.entries(ods).map(([name, { level, value }]) => [name, { detail: SCORED_DETAILS[level], value }]);
	return { ods: Object.fromEntries(named), ois, bestCovering };
}

function describeModel({ name, digest, revision, dtype }: ModelIdentity) {
	return { name, digest, revision, dtype };
}

/** What was scored and what made it, in one or two lines for people. */
export function describeFacts({ dataset, reading, images }: EvaluatedDataset, madeBy: MadeBy | undefined): string[] {
	const annotations = images.reduce((sum, { annotators }) => sum + annotators, 0);
	const ignored = reading.ignoreLabel === undefined ? "no label ignored" : `label ${reading.ignoreLabel} ignored`;
	const about = `${dataset}: ${images.length} images, ${annotations} annotations, ${reading.kind}, ${ignored}`;
	if (!madeBy) {
		return [about];
	}
	const { model, options } = madeBy;
	const { inputSize, clusters, segments, detail } = formatOptions(options);
	const chosen = segments === "regions" && typeof clusters !== "number" ? ` (detail ${detail})` : "";
	const made = `${model.name} in ${model.dtype}, ${segments}, k = ${clusters}${chosen}, input size ${inputSize}`;
	const flags = uncommonFlags(options);
	return [about, flags === "" ? made : `${made}, ${flags}`];
}

/** The flags whose values are not the default, as one types them; without those that every line of facts has. */
function uncommonFlags(options: SegmentationOptions): string {
	const usual = new Map<string, unknown>(Object.entries(formatOptions(DEFAULT_OPTIONS)));
	const told = new Set(["segments", "clusters", "detail", "inputSize", "seed"]);
	return Object.entries(formatOptions(options))
		.filter(([key, value]) => !told.has(key) && usual.get(key) !== value)
		.map(([key, value]) => `${flagName(key)}${value === true ? "" : ` ${value}`}`)
		.join(" ");
}
