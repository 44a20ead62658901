import { join } from "node:path";
import type { SegmentationEvent } from "@dinoseg/core";
import { DinosegError } from "@dinoseg/core/errors";
import type { TruthReading } from "@dinoseg/core/metrics";
import {
	DATASET_LAYOUTS,
	type DatasetLayout,
	type DatasetName,
	findTruth,
	photographFinder,
	predictionFinder,
	readLabels,
	type TruthOfImage,
} from "@dinoseg/node/datasets";
import { planThroughput } from "@dinoseg/node/segmenter";
import { forEachConcurrently } from "../commands/concurrency.ts";
import { type CommandContext, EXIT, type ExitCode } from "../commands/context.ts";
import { asDinosegError } from "../commands/internal-error.ts";
import { tellBundledModel } from "../commands/model-notice.ts";
import { describeEvaluation, describeFacts, type MadeBy } from "../evaluate/describe-evaluation.ts";
import { evaluateOne, type ScoredImage } from "../evaluate/evaluate-one.ts";
import {
	type EvaluatedDataset,
	type EvaluatedImage,
	meanScores,
	summarise,
	summariseCuts,
} from "../evaluate/evaluated-dataset.ts";
import { formatEvaluation } from "../evaluate/format-evaluation.ts";
import { IGNORE_NONE } from "../evaluate/ignore-flag.ts";
import { type LabelSource, readyLabels, segmentedLabels } from "../evaluate/label-source.ts";
import { createRanking } from "../evaluate/ranking.ts";
import { checkReportFolder, REPORT_PAGE } from "../evaluate/report/report-folder.ts";
import { type ReportSample, SHOWN_IMAGES, writeReport } from "../evaluate/report/write-report.ts";
import { formatScore, rankingScore, SCORE_TITLES } from "../evaluate/score-titles.ts";
import type { ParsedFlags } from "../flags/read-flags.ts";
import { printable } from "../progress/printable.ts";
import { describeDuration } from "../progress/progress.ts";
import { createRunLog, type RunLog } from "../progress/run-log.ts";
import { openSegmenter } from "./open-segmenter.ts";

export interface EvaluateFlags {
	readonly truth: string;
	readonly dataset: DatasetName;
	readonly pred?: string;
	readonly images?: string;
	readonly ignore?: number | typeof IGNORE_NONE;
	readonly seeds: number;
	readonly tree?: boolean;
	readonly cache: boolean;
	readonly concurrency?: number;
	readonly report?: string;
	readonly force?: boolean;
	readonly json?: boolean;
	readonly quiet?: boolean;
}

/** Score every image that the truth has. */
export async function evaluate(context: CommandContext, flags: EvaluateFlags, parsed: ParsedFlags): Promise<ExitCode> {
	const { pred, images } = flags;
	if (pred === undefined && images === undefined) {
		throw new DinosegError(
			"OPTION_INVALID",
			"Give --pred with a folder of results, or --images with a folder of photographs to segment.",
		);
	}
	if (flags.force && flags.report === undefined) {
		throw new DinosegError("OPTION_INVALID", "--force replaces a report, but there is no --report. Leave it away.");
	}
	if (flags.tree && parsed.options.segments !== "regions") {
		throw new DinosegError(
			"OPTION_INVALID",
			"--tree scores all cuts of a region tree, and clusters have none. Add --segments regions.",
		);
	}
	if (flags.seeds > 1 && parsed.options.segments === "regions") {
		throw new DinosegError(
			"OPTION_INVALID",
			`--seeds ${flags.seeds} decides nothing with --segments regions: no choice among regions is random. Leave it away.`,
		);
	}
	const truth = await findTruth(flags.truth, flags.dataset);
	if (flags.report !== undefined) {
		await checkReportFolder(flags.report, flags.truth, flags.force === true);
	}
	if (pred !== undefined) {
		const source = readyLabels(await predictionFinder(pred), parsed.options.maxPixels);
		return evaluateAll(context, flags, {
			truth,
			source,
			maxPixels: parsed.options.maxPixels,
			inFlight: 1,
			scoresTree: false,
		});
	}
	return evaluatePhotographs(context, flags, parsed, truth);
}

async function evaluatePhotographs(
	context: CommandContext,
	flags: EvaluateFlags,
	parsed: ParsedFlags,
	truth: readonly TruthOfImage[],
): Promise<ExitCode> {
	const { options } = parsed;
	const find = await photographFinder(flags.images as string, truth);
	const { imagesInFlight, sessions } = planThroughput(truth.length, flags.concurrency);
	const segmenter = await openSegmenter(context, flags, parsed, sessions);
	try {
		segmenter.validate({ ...options, seed: options.seed + flags.seeds - 1 });
		tellBundledModel(context, segmenter.model, flags);
		const source = segmentedLabels(find, segmenter, options, flags.seeds);
		const madeBy = { model: segmenter.model, options };
		return await evaluateAll(context, flags, {
			truth,
			source,
			maxPixels: options.maxPixels,
			inFlight: imagesInFlight,
			scoresTree: flags.tree === true,
			madeBy,
		});
	} finally {
		await segmenter.dispose();
	}
}

interface Evaluation {
	readonly truth: readonly TruthOfImage[];
	readonly source: LabelSource;
	readonly maxPixels: number;
	/** Images in work at the same time. */
	readonly inFlight: number;
	/** Whether all cuts of regions are scored too. */
	readonly scoresTree: boolean;
	/** Where this run makes the label maps. */
	readonly madeBy?: MadeBy;
}

async function evaluateAll(context: CommandContext, flags: EvaluateFlags, evaluation: Evaluation): Promise<ExitCode> {
	const { truth, source, maxPixels, inFlight, madeBy } = evaluation;
	const { dataset } = flags;
	const reading = truthReading(flags);
	const log = createRunLog(context, flags);
	const scored = new Map<string, EvaluatedImage>();
	const ranking = createRanking<ReportSample>(SHOWN_IMAGES);
	const start = context.now();
	log.tell({ type: "run-start", total: truth.length });
	await forEachConcurrently(truth, inFlight, async (image) => {
		const result = await scoreImage(context, image, evaluation, reading, log);
		if (result) {
			const { labels, ...kept } = result;
			scored.set(image.id, kept);
			if (flags.report !== undefined) {
				const score = meanScores(kept)[rankingScore(reading.kind)] ?? Number.NaN;
				ranking.add({ id: image.id, score, item: { image: kept, labels } });
			}
		}
	});
	const images = truth.flatMap(({ id }) => scored.get(id) ?? []);
	const failed = log.failures();
	const summary = summarise(images, source.seeds?.length ?? 1, reading);
	const trees = summariseCuts(images);
	const evaluated: EvaluatedDataset = {
		dataset,
		reading,
		images,
		failed,
		seeds: source.seeds,
		summary,
		...(trees ? { trees } : {}),
	};
	log.tell({
		type: "run-end",
		summary: `${truth.length} images: ${images.length} scored, ${failed} failed, ${describeDuration(context.now() - start)}`,
	});
	const facts = describeFacts(evaluated, madeBy);
	context.stdout.write(
		flags.json
			? `${JSON.stringify(describeEvaluation(evaluated, log.failedInputs(), madeBy), null, "\t")}\n`
			: `${facts.map(printable).join("\n")}\n\n${formatEvaluation(evaluated)}`,
	);
	if (flags.report !== undefined) {
		const firstTruth = new Map(truth.map(({ id, files }) => [id, files[0]]));
		await writeReport(flags.report, {
			evaluated,
			facts,
			ranking,
			truth: (id) => readLabels(firstTruth.get(id) as string, maxPixels),
			photograph: source.photograph,
			temporaryFiles: context.temporaryFiles,
		});
		if (!flags.quiet) {
			context.stderr.write(`report → ${printable(join(flags.report, REPORT_PAGE))}\n`);
		}
	}
	return failed > 0 ? EXIT.failed : EXIT.done;
}

async function scoreImage(
	context: CommandContext,
	image: TruthOfImage,
	{ source, maxPixels, scoresTree }: Evaluation,
	reading: TruthReading,
	{ tell, failed }: RunLog,
): Promise<ScoredImage | undefined> {
	const input = image.id;
	const start = context.now();
	const onEvent = (event: SegmentationEvent) => {
		if (event.type === "stage-start") {
			tell({ type: "image-stage", input, stage: event.stage });
		} else if (event.type === "warning") {
			tell({ type: "warning", input, warning: event.warning });
		}
	};
	tell({ type: "image-start", input });
	try {
		const result = await evaluateOne(image, source, reading, { maxPixels, scoresTree }, onEvent);
		const name = rankingScore(reading.kind);
		const score = formatScore(name, meanScores(result)[name]);
		const took = describeDuration(context.now() - start);
		tell({ type: "image-done", input, summary: `${SCORE_TITLES[name].title} ${score} · ${took}` });
		return result;
	} catch (error) {
		failed(input, asDinosegError(error, input));
		return undefined;
	}
}

function truthReading({ dataset, ignore }: EvaluateFlags): TruthReading {
	const { kind, ignoreLabel }: DatasetLayout = DATASET_LAYOUTS[dataset];
	return { kind, ignoreLabel: ignore === IGNORE_NONE ? undefined : (ignore ?? ignoreLabel) };
}
