import { DinosegError } from "@dinoseg/core/errors";
import { renderResultCutout, renderResultFiles, type SegmentResult } from "@dinoseg/core/result";
import { type Kernels, loadKernels } from "@dinoseg/kernels";
import { encodePng } from "@dinoseg/node";
import { type CommandContext, EXIT, type ExitCode } from "../commands/context.ts";
import { asDinosegError } from "../commands/internal-error.ts";
import { tellBundledModel } from "../commands/model-notice.ts";
import type { ParsedFlags } from "../flags/read-flags.ts";
import { checkWriteFlags, type WriteFlags, type Written } from "../flags/write-flags.ts";
import type { InputJob } from "../inputs/expand-inputs.ts";
import { findJobs } from "../inputs/find-jobs.ts";
import { givenNames } from "../inputs/given-names.ts";
import { sourceOf } from "../inputs/source-of.ts";
import { listenFor } from "../progress/listen-for.ts";
import { describeDuration } from "../progress/progress.ts";
import { createRunLog, inputLabel } from "../progress/run-log.ts";
import { openSegmenter } from "./open-segmenter.ts";
import { type SegmentFlags, segmentInput } from "./segment-one.ts";
import { checkStdout } from "./stdout-output.ts";

/** The files of a result that go to stdout as they are. */
const FILES = { labels: "labels.png", overlay: "overlay.png", json: "segments.json" } as const;

/** Segment one input, and write one file of the result to stdout. No folder is touched. */
export async function segmentToStdout(
	context: CommandContext,
	inputs: readonly string[],
	flags: SegmentFlags & WriteFlags,
	parsed: ParsedFlags,
): Promise<ExitCode> {
	const { stdout, now } = context;
	const { options, used } = parsed;
	const { write = "labels", pick } = flags;
	checkWriteFlags(flags, true);
	checkStdout(stdout, flags, write === "json");
	if (flags.sweep !== undefined) {
		throw new DinosegError("OPTION_INVALID", "--sweep writes a file beside others. Give an --output other than -.");
	}
	const names = await givenNames(flags, parsed);
	const job = await onlyJob(context, inputs, flags);
	const input = inputLabel(job);
	const segmenter = await openSegmenter(context, flags, parsed);
	const log = createRunLog(context, flags);
	try {
		segmenter.validate(options);
		tellBundledModel(context, segmenter.model, flags);
		log.tell({ type: "run-start", total: 1 });
		log.tell({ type: "image-start", input });
		const start = now();
		const source = await sourceOf(context, job);
		const call = { ...options, page: job.page ?? options.page, onEvent: listenFor(log, input) };
		const { result } = await segmentInput(segmenter, source, { names, used }, call);
		const bytes = await renderFile(result, write, pick, await loadKernels());
		stdout.write(bytes);
		const summary = `stdout · ${write}, ${bytes.length} bytes · ${describeDuration(now() - start)}`;
		log.tell({ type: "image-done", input, summary });
	} catch (error) {
		log.failed(job, asDinosegError(error, input));
	} finally {
		await segmenter.dispose();
	}
	return log.failures() > 0 ? EXIT.failed : EXIT.done;
}

/** @throws DinosegError OPTION_INVALID unless the inputs are one image; why it cannot be found */
async function onlyJob(context: CommandContext, inputs: readonly string[], flags: SegmentFlags): Promise<InputJob> {
	const { jobs, failures } = await findJobs(context, inputs, flags);
	const count = jobs.length + failures.length;
	if (count > 1) {
		throw new DinosegError(
			"OPTION_INVALID",
			`-o - writes the result of exactly one image to stdout, got ${count}. Name one image or page, or give a folder as --output.`,
		);
	}
	if (failures.length > 0) {
		throw failures[0].error;
	}
	return jobs[0];
}

async function renderFile(
	result: SegmentResult,
	write: Written,
	pick: readonly string[] | undefined,
	kernels: Kernels,
): Promise<Uint8Array> {
	if (write === "cutout") {
		return renderResultCutout(result, pick, kernels);
	}
	const { files } = renderResultFiles(result, { encodePng, kernels });
	const make = files.get(FILES[write]) as () => Promise<Uint8Array>;
	return make();
}
