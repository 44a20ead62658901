import type { SegmentCallOptions } from "@dinoseg/core/engine";
import type { RgbImage } from "@dinoseg/core/image";
import type { SegmentNames } from "@dinoseg/core/labels";
import type { ClusterRange } from "@dinoseg/core/options";
import { nameSegments, renderResultSweep, type SegmentResult } from "@dinoseg/core/result";
import { loadKernels } from "@dinoseg/kernels";
import { findWantedResult, saveResult } from "@dinoseg/node/results";
import type { Segmenter } from "@dinoseg/node/segmenter";
import type { CommandContext } from "../commands/context.ts";
import { asDinosegError } from "../commands/internal-error.ts";
import type { ParsedFlags } from "../flags/read-flags.ts";
import type { InputJob } from "../inputs/expand-inputs.ts";
import { describeDuration } from "../progress/progress.ts";
import type { RunLog } from "../progress/run-log.ts";

/** What the flags of `dinoseg segment` say about the run. */
export interface SegmentFlags {
	readonly output: string;
	readonly cache: boolean;
	readonly concurrency?: number;
	readonly sweep?: ClusterRange;
	readonly names?: string;
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
	readonly log: RunLog;
}

/** Segment one input into a folder of its own; a failure is told and kept. */
export async function segmentOne(
	context: CommandContext,
	{ segmenter, names, flags, options, log }: SegmentRun,
	{ input, outputFolder }: InputJob,
): Promise<void> {
	const { tell } = log;
	tell({ type: "image-start", input });
	try {
		if (!flags.force) {
			const wanted = { input, model: segmenter.model, options, names, sweep: flags.sweep !== undefined };
			if (await findWantedResult(outputFolder, wanted)) {
				log.present(input, outputFolder);
				tell({ type: "image-done", input, summary: `${outputFolder} · done already` });
				return;
			}
		}
		const start = context.now();
		// Compiled while the segmenter's thread computes.
		void loadKernels();
		const { result, sweep } = await segmentInput(segmenter, input, flags.sweep, names, {
			...options,
			onEvent(event) {
				if (event.type === "stage-start") {
					tell({ type: "image-stage", input, stage: event.stage });
				} else if (event.type === "warning") {
					tell({ type: "warning", input, warning: event.warning });
				}
			},
		});
		await saveResult(result, outputFolder, {
			force: flags.force === true,
			sweep,
			temporaryFiles: context.temporaryFiles,
		});
		const segments = `${result.segments.length} segment${result.segments.length === 1 ? "" : "s"}`;
		log.done(input, outputFolder);
		tell({
			type: "image-done",
			input,
			summary: `${outputFolder} · ${segments} · ${describeDuration(context.now() - start)}`,
		});
	} catch (error) {
		log.failed(input, asDinosegError(error, input));
	}
}

/** The result of one input, and the sheet of its sweep if one was asked for. */
async function segmentInput(
	segmenter: Segmenter,
	input: string,
	range: ClusterRange | undefined,
	names: SegmentNames,
	call: SegmentCallOptions,
): Promise<{ readonly result: SegmentResult; readonly sweep?: RgbImage }> {
	if (range === undefined) {
		return { result: nameSegments(await segmenter.segment(input, call), names) };
	}
	const swept = await segmenter.sweep(input, range, call);
	const result = nameSegments(swept.result, names);
	return { result, sweep: await renderResultSweep({ ...swept, result }, await loadKernels()) };
}
