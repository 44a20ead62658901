import { optionName } from "@dinoseg/core/errors";
import type { FolderLock } from "@dinoseg/node/files";
import { planThroughput } from "@dinoseg/node/segmenter";
import { refuseBuckets } from "../buckets/bucket-search.ts";
import { forEachConcurrently } from "../commands/concurrency.ts";
import { type CommandContext, EXIT, type ExitCode } from "../commands/context.ts";
import { tellBundledModel } from "../commands/model-notice.ts";
import type { ParsedFlags } from "../flags/read-flags.ts";
import { checkWriteFlags, type WriteFlags } from "../flags/write-flags.ts";
import type { InputJob } from "../inputs/expand-inputs.ts";
import { findJobs } from "../inputs/find-jobs.ts";
import { filmsOf, withFramesBeside } from "../inputs/frames.ts";
import { givenNames } from "../inputs/given-names.ts";
import { describeSkipped } from "../inputs/skipped-files.ts";
import type { PageResult } from "../page/run-page.ts";
import { describeDuration } from "../progress/progress.ts";
import { createRunLog } from "../progress/run-log.ts";
import { openSegmenter } from "./open-segmenter.ts";
import { checkOutput, lockOutput, writePage } from "./output-folder.ts";
import type { SegmentFlags } from "./segment-one.ts";

/** Segment every input into a folder of its own. */
export async function segmentAll(
	context: CommandContext,
	inputs: readonly string[],
	flags: SegmentFlags & WriteFlags,
	parsed: ParsedFlags,
): Promise<ExitCode> {
	checkWriteFlags(flags, false);
	const { options, used } = parsed;
	await checkOutput(context, flags.output);
	const names = await givenNames(flags, parsed);
	const { jobs: found, failures, skipped } = await findJobs(context, inputs, flags);
	if (flags.frames !== undefined) {
		refuseBuckets([...found, { input: flags.output }], optionName("frames"));
	}
	const films = flags.frames === undefined ? [] : filmsOf(found);
	const jobs = flags.frames === "steady" ? withFramesBeside(films) : found;
	const { imagesInFlight, sessions } = planThroughput(jobs.length, flags.concurrency);
	const { temporaryFiles } = context;
	// While the segmenter's thread starts, this one loads what saves results.
	const [segmenter, { segmentOne }] = await Promise.all([
		openSegmenter(context, flags, parsed, sessions),
		import("./segment-one.ts"),
	]);
	const log = createRunLog(context, flags);
	let flicker: number | undefined;
	const finish = () =>
		log.finish([...failures, ...jobs], { skipped, ...(flags.frames ? { flicker: flicker ?? null } : {}) });
	let lock: FolderLock | undefined;
	const withdraw = context.onInterrupt(() => {
		finish();
		lock?.release();
	});
	try {
		segmenter.validate(options);
		lock = jobs.length > 0 ? await lockOutput(flags.output, temporaryFiles) : undefined;
		if (jobs.length > 0) {
			tellBundledModel(context, segmenter.model, flags);
		}
		const start = context.now();
		const total = jobs.length + failures.length;
		log.tell({ type: "run-start", total });
		for (const { input, error } of failures) {
			log.failed(input, error);
		}
		const shown = new Map<InputJob, PageResult>();
		await forEachConcurrently(jobs, imagesInFlight, async (job) => {
			const result = await segmentOne(context, { segmenter, names, flags, options, used, log }, job);
			if (result) {
				shown.set(job, result);
			}
		});
		const isOneNamed = inputs.length === 1 && jobs.length === 1 && jobs[0]?.input === inputs[0];
		if (!isOneNamed && shown.size > 0) {
			const results = jobs.flatMap((job) => shown.get(job) ?? []);
			const fault = await writePage(context, flags.output, results, log);
			if (fault !== undefined) {
				log.tell({ type: "note", text: `warning ${fault}` });
			}
		}
		const failed = log.failures();
		const presents = log.presents();
		const others = describeSkipped(skipped);
		const already = presents > 0 ? `, ${presents} done already` : "";
		log.tell({
			type: "run-end",
			summary: `${total} images: ${total - failed - presents} done${already}, ${failed} failed, ${describeDuration(context.now() - start)} → ${flags.output}`,
		});
		if (others !== undefined) {
			log.tell({ type: "note", text: others });
		}
		if (flags.frames !== undefined) {
			const { measureFlicker } = await import("./measure-flicker.ts");
			flicker = await measureFlicker(films, options.maxPixels);
			log.tell({ type: "note", text: describeFlicker(flicker) });
		}
		withdraw();
		finish();
		return failed > 0 ? EXIT.failed : EXIT.done;
	} finally {
		withdraw();
		lock?.release();
		await segmenter.dispose();
	}
}

function describeFlicker(flicker: number | undefined): string {
	return flicker === undefined
		? "Flicker: not measured, for that takes three frames of one folder or file."
		: `Flicker: ${(100 * flicker).toFixed(2)} % of the picture has another segment for one frame only.`;
}
