import type { SegmentCallOptions } from "@dinoseg/core/engine";
import type { SegmentNames } from "@dinoseg/core/labels";
import type { ClusterRange } from "@dinoseg/core/options";
import { nameSegments, renderResultSweep, type SegmentResult, type SweepSheet } from "@dinoseg/core/result";
import { loadKernels } from "@dinoseg/kernels";
import type { Segmenter, SegmentInput } from "@dinoseg/node/segmenter";
import { belowOutput } from "../buckets/bucket-uri.ts";
import type { UsedCodebook } from "../codebook/used-codebook.ts";
import type { CommandContext } from "../commands/context.ts";
import { asDinosegError } from "../commands/internal-error.ts";
import type { FramesKind } from "../flags/frames-flag.ts";
import type { PageSelection } from "../flags/page-flag.ts";
import type { ParsedFlags } from "../flags/read-flags.ts";
import type { InputJob } from "../inputs/expand-inputs.ts";
import { sourceOf } from "../inputs/source-of.ts";
import type { PageResult } from "../page/run-page.ts";
import { listenFor } from "../progress/listen-for.ts";
import { describeDuration } from "../progress/progress.ts";
import { inputLabel, type RunLog } from "../progress/run-log.ts";
import { resultPlace } from "./result-place.ts";

/** What the flags of `dinoseg segment` say about the run. */
export interface SegmentFlags {
	readonly output: string;
	readonly cache: boolean;
	readonly concurrency?: number;
	/** Images are frames in the order of their names. @default they are images each for itself */
	readonly frames?: FramesKind;
	readonly sweep?: ClusterRange;
	readonly names?: string;
	/** @default the first page of each file */
	readonly page?: PageSelection;
	readonly force?: boolean;
	readonly json?: boolean;
	readonly quiet?: boolean;
}

/** What is the same for every input of a run. */
interface SegmentRun {
	readonly segmenter: Segmenter;
	readonly names: SegmentNames;
	readonly flags: SegmentFlags;
	readonly options: ParsedFlags["options"];
	/** @default each image has clusters of its own */
	readonly used?: UsedCodebook | undefined;
	readonly log: RunLog;
	/** Whether the figure is written. @default true */
	readonly figure?: boolean | undefined;
	/** A result of older bytes of the same file is replaced, whatever `flags.force` says. */
	readonly replacesOlder?: boolean;
}

/** The result of one input, in its folder. */
export interface MadeResult {
	/** What the page of the run shows of it. */
	readonly page: PageResult;
	/** It was there already. */
	readonly isPresent: boolean;
	/** In words; none of one that was there. */
	readonly segments: string;
}

/**
 * Segment one input into a folder of its own; a failure is told and kept.
 *
 * @returns what the page of the run shows of it; nothing of a failure.
 */
export async function segmentOne(
	context: CommandContext,
	run: SegmentRun,
	job: InputJob,
): Promise<PageResult | undefined> {
	const { log } = run;
	const { outputFolder } = job;
	const input = inputLabel(job);
	log.tell({ type: "image-start", input });
	try {
		const start = context.now();
		const { page, isPresent, segments } = await makeResult(context, run, job, listenFor(log, input));
		if (isPresent) {
			log.present(job, outputFolder);
			log.tell({ type: "image-done", input, summary: `${outputFolder} · done already` });
		} else {
			log.done(job, outputFolder);
			const summary = `${outputFolder} · ${segments} · ${describeDuration(context.now() - start)}`;
			log.tell({ type: "image-done", input, summary });
		}
		return page;
	} catch (error) {
		log.failed(job, asDinosegError(error, input));
		return undefined;
	}
}

/**
 * Make the result of one input in its folder, unless it is there.
 *
 * @throws DinosegError of reading, segmenting and writing; OUTPUT_EXISTS if another result is there
 */
export async function makeResult(
	context: CommandContext,
	run: Omit<SegmentRun, "log">,
	job: InputJob,
	onEvent?: SegmentCallOptions["onEvent"],
): Promise<MadeResult> {
	const { segmenter, names, flags, options, used, figure, replacesOlder = false } = run;
	const { outputFolder, sha256, page, beside = [] } = job;
	const pageOptions = { ...options, page: page ?? options.page };
	const folder = belowOutput(flags.output, outputFolder);
	const place = await resultPlace(context, outputFolder);
	const source = await sourceOf(context, job);
	if (!flags.force) {
		const wanted = {
			input: source,
			sha256,
			model: segmenter.model,
			options: pageOptions,
			names,
			sweep: flags.sweep,
			codebook: used && { digest: used.digest, steady: beside.length > 0 },
			replacesOlder,
		};
		const document = await place.find(wanted);
		if (document) {
			const { width, height } = document.input;
			const shown = { folder, kind: options.segments, count: document.k.used, width, height };
			return { page: shown, isPresent: true, segments: "" };
		}
	}
	// Compiled while the segmenter's thread computes.
	void loadKernels();
	const call = { ...pageOptions, ...(onEvent ? { onEvent } : {}) };
	const { result, sweep } = await segmentInput(segmenter, source, { range: flags.sweep, names, used, beside }, call);
	await place.save(result, { force: flags.force === true || replacesOlder, sweep, figure });
	const { width, height } = result.input;
	const count = result.kind === "regions" ? result.regions : result.clusters;
	return {
		page: { folder, kind: result.kind, count, width, height },
		isPresent: false,
		segments: `${result.segments.length} segment${result.segments.length === 1 ? "" : "s"}`,
	};
}

/** The result of one input, and the sheet of its sweep if one was asked for. */
export async function segmentInput(
	segmenter: Segmenter,
	input: SegmentInput,
	{
		range,
		names,
		used,
		beside = [],
	}: Pick<SegmentRun, "names" | "used"> & {
		readonly range?: ClusterRange | undefined;
		/** As `InputJob.beside`. */
		readonly beside?: readonly Pick<InputJob, "input" | "page">[];
	},
	call: SegmentCallOptions,
): Promise<{ readonly result: SegmentResult; readonly sweep?: SweepSheet }> {
	if (used !== undefined) {
		return { result: nameSegments(await segmenter.apply(input, used.codebook, { ...call, beside }), names) };
	}
	if (range === undefined) {
		return { result: nameSegments(await segmenter.segment(input, call), names) };
	}
	const swept = await segmenter.sweep(input, range, call);
	const result = nameSegments(swept.result, names);
	return { result, sweep: await renderResultSweep({ ...swept, result }, await loadKernels()) };
}
