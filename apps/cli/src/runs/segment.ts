import { nameSegments, renderResultSweep, type SegmentCallOptions, type SegmentResult } from "@dinoseg/core";
import type { RgbImage } from "@dinoseg/core/image";
import type { SegmentNames } from "@dinoseg/core/labels";
import type { ClusterRange } from "@dinoseg/core/options";
import { loadKernels } from "@dinoseg/kernels";
import { checkNoResult, createSegmenter, planThroughput, type Segmenter, saveResult } from "@dinoseg/node";
import { forEachConcurrently } from "../commands/concurrency.ts";
import { type CommandContext, EXIT, type ExitCode } from "../commands/context.ts";
import { hubOptions } from "../commands/hub-options.ts";
import { asDinosegError } from "../commands/internal-error.ts";
import { modelNotice } from "../commands/model-notice.ts";
import { createRunReport, type RunReport } from "../commands/report.ts";
import type { ParsedFlags } from "../flags/read-flags.ts";
import { expandInputs, type InputJob } from "../inputs/expand-inputs.ts";
import { readNames } from "../inputs/read-names.ts";
import { describeDuration } from "../progress/progress.ts";

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

/** Segment every input into a folder of its own. */
export async function segmentAll(
	context: CommandContext,
	inputs: readonly string[],
	flags: SegmentFlags,
	{ model, dtype, device, options }: ParsedFlags,
): Promise<ExitCode> {
	const names = await readNames(flags.names);
	const { jobs, failures } = await expandInputs(inputs, { outputFolder: flags.output, cwd: context.cwd });
	const { imagesInFlight, sessions } = planThroughput(jobs.length, flags.concurrency);
	const { temporaryFiles } = context;
	const segmenter = await createSegmenter({
		model,
		dtype,
		device,
		sessions,
		cache: flags.cache,
		temporaryFiles,
		hub: hubOptions(context, flags),
	});
	const report = createRunReport(context, flags);
	try {
		segmenter.validate(options);
		if (segmenter.model.bundled && !flags.quiet && jobs.length > 0) {
			context.stderr.write(`${modelNotice()}\n`);
		}
		const start = context.now();
		const total = jobs.length + failures.length;
		report.tell({ type: "run-start", total });
		for (const { input, error } of failures) {
			report.failed(input, error);
		}
		await forEachConcurrently(jobs, imagesInFlight, (job) =>
			segmentOne(context, { segmenter, names, flags, options, report }, job),
		);
		const failed = report.failures();
		report.tell({
			type: "run-end",
			summary: `${total} images: ${total - failed} done, ${failed} failed, ${describeDuration(context.now() - start)} → ${flags.output}`,
		});
		report.finish([...failures, ...jobs].map(({ input }) => input));
		return failed > 0 ? EXIT.failed : EXIT.done;
	} finally {
		await segmenter.dispose();
	}
}

/** What is the same for every input of a run. */
interface SegmentRun {
	readonly segmenter: Segmenter;
	readonly names: SegmentNames;
	readonly flags: SegmentFlags;
	readonly options: ParsedFlags["options"];
	readonly report: RunReport;
}

async function segmentOne(
	context: CommandContext,
	{ segmenter, names, flags, options, report }: SegmentRun,
	{ input, outputFolder }: InputJob,
): Promise<void> {
	const { tell } = report;
	tell({ type: "image-start", input });
	try {
		if (!flags.force) {
			await checkNoResult(outputFolder);
		}
		const start = context.now();
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
		report.done(input, outputFolder);
		tell({
			type: "image-done",
			input,
			summary: `${outputFolder} · ${segments} · ${describeDuration(context.now() - start)}`,
		});
	} catch (error) {
		report.failed(input, asDinosegError(error, input));
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
