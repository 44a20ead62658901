import type { SegmentationOptions } from "@dinoseg/core";
import { checkNoResult, createSegmenter, type Segmenter, saveResult } from "@dinoseg/node";
import { Command } from "commander";
import { clusterFlags, optionsFromFlags, outputFlags, tokenFlags } from "../flags.ts";
import { expandInputs, type InputJob } from "../inputs/expand-inputs.ts";
import { describeDuration } from "../progress/progress.ts";
import { type CommandContext, EXIT, type ExitCode } from "./context.ts";
import { asDinosegError } from "./internal-error.ts";
import { modelNotice } from "./model-notice.ts";
import { createRunReport, type RunReport } from "./report.ts";

interface SegmentFlags {
	readonly model: string;
	readonly output: string;
	readonly cache: boolean;
	readonly force?: boolean;
	readonly json?: boolean;
	readonly quiet?: boolean;
}

/** `dinoseg segment`: the main job. */
export function segmentCommand(context: CommandContext, setExitCode: (code: ExitCode) => void): Command {
	const command = new Command("segment")
		.description("Segment images without labels; writes a folder of results for each")
		.argument("<inputs...>", "image files, folders (searched recursively) or quoted globs");
	for (const option of [...clusterFlags(), ...tokenFlags(), ...outputFlags("out", "folder for the results")]) {
		command.addOption(option);
	}
	return command.action(async (inputs: string[], flags: SegmentFlags) => {
		const options = optionsFromFlags({ ...flags });
		setExitCode(await segmentAll(context, inputs, flags, options));
	});
}

async function segmentAll(
	context: CommandContext,
	inputs: readonly string[],
	flags: SegmentFlags,
	options: SegmentationOptions,
): Promise<ExitCode> {
	const { jobs, failures } = await expandInputs(inputs, { outputFolder: flags.output, cwd: context.cwd });
	const segmenter = await createSegmenter({ model: flags.model, cache: flags.cache });
	const report = createRunReport(context, flags);
	try {
		if (segmenter.model.bundled && !flags.quiet) {
			context.stderr.write(`${modelNotice()}\n`);
		}
		const start = context.now();
		const total = jobs.length + failures.length;
		report.tell({ type: "run-start", total });
		for (const { input, error } of failures) {
			report.failed(input, error);
		}
		for (const job of jobs) {
			await segmentOne(context, segmenter, job, flags, options, report);
		}
		const failed = report.failures();
		report.tell({
			type: "run-end",
			summary: `${total} images: ${total - failed} done, ${failed} failed, ${describeDuration(context.now() - start)} → ${flags.output}`,
		});
		report.finish();
		return failed > 0 ? EXIT.failed : EXIT.done;
	} finally {
		await segmenter.dispose();
	}
}

async function segmentOne(
	context: CommandContext,
	segmenter: Segmenter,
	job: InputJob,
	flags: SegmentFlags,
	options: SegmentationOptions,
	report: RunReport,
): Promise<void> {
	const { input, outputFolder } = job;
	const { tell } = report;
	tell({ type: "image-start", input });
	try {
		if (!flags.force) {
			await checkNoResult(outputFolder);
		}
		const start = context.now();
		const result = await segmenter.segment(input, {
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
			temporaryFiles: context.temporaryFiles,
		});
		const segments = `${result.labels.count} segment${result.labels.count === 1 ? "" : "s"}`;
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
