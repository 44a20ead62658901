import { cpus } from "node:os";
import { VERSION } from "@dinoseg/core";
import { formatOptions } from "@dinoseg/core/options";
import { formatMeasurement } from "../bench/format-measurement.ts";
import { measureStages, type StageMeasurement } from "../bench/measure-stages.ts";
import { type CommandContext, EXIT, type ExitCode } from "../commands/context.ts";
import { hubOptions } from "../commands/hub-options.ts";
import { asDinosegError } from "../commands/internal-error.ts";
import { tellBundledModel } from "../commands/model-notice.ts";
import type { ParsedFlags } from "../flags/read-flags.ts";
import { printable } from "../progress/printable.ts";
import { describeDuration } from "../progress/progress.ts";
import { createRunLog } from "../progress/run-log.ts";

export interface BenchFlags {
	readonly runs: number;
	readonly json?: boolean;
	readonly quiet?: boolean;
}

/** Names the form of what `--json` prints. */
const SCHEMA = "dinoseg-bench/1";

/** Time every stage on one image. */
export async function bench(
	context: CommandContext,
	input: string,
	flags: BenchFlags,
	{ model, dtype, device, options }: ParsedFlags,
): Promise<ExitCode> {
	const { runs } = flags;
	const { stdout, now } = context;
	const log = createRunLog(context, flags);
	const start = now();
	let modelName = model;
	const measured = await measureStages(context, input, {
		segmenter: { model, dtype, device, hub: hubOptions(context, flags) },
		options,
		runs,
		onReady(segmenter) {
			segmenter.validate(options);
			modelName = segmenter.model.name;
			tellBundledModel(context, segmenter.model, flags);
			log.tell({ type: "run-start", total: 1 });
		},
		onRun(run, threads) {
			const place = run === 0 ? "warm-up" : `run ${run} of ${runs}`;
			const what = `${place}, ${threads} thread${threads === 1 ? "" : "s"}`;
			log.tell({ type: "image-start", input: `${input} · ${what}` });
		},
		onWarning: (warning) => log.tell({ type: "warning", input, warning }),
	}).catch((error: unknown) => {
		throw asDinosegError(error, input);
	});
	log.tell({
		type: "image-done",
		input,
		summary: `${runs} run${runs === 1 ? "" : "s"} · ${describeDuration(now() - start)}`,
	});
	log.tell({ type: "run-end", summary: "" });
	const about = { model: modelName, dtype, runs };
	stdout.write(
		flags.json
			? `${JSON.stringify(describeBench(measured, { ...about, device, options }), null, "\t")}\n`
			: `${headline(input, measured, about)}\n\n${formatMeasurement(measured)}`,
	);
	return EXIT.done;
}

interface BenchFacts {
	readonly model: string;
	readonly dtype: string;
	readonly runs: number;
}

function headline(input: string, { image, input: size, kernels }: StageMeasurement, facts: BenchFacts): string {
	const processors = cpus();
	return [
		`${printable(input)}: ${image.width} x ${image.height} pixels, network input ${size.width} x ${size.height}`,
		`${printable(facts.model)} in ${facts.dtype}, kernels ${kernels}, ${processors.length} x ${processors[0]?.model.trim() ?? "unknown CPU"}, Node ${process.version}`,
		`${facts.runs} run${facts.runs === 1 ? "" : "s"} after a warm-up, token cache off; render includes writing all files`,
	].join("\n");
}

/** What `--json` prints. Times in milliseconds. */
function describeBench(
	{ kernels, threads, image, input, loadMs, stages }: StageMeasurement,
	{ model, dtype, device, options, runs }: BenchFacts & Pick<ParsedFlags, "device" | "options">,
) {
	return {
		schema: SCHEMA,
		dinoseg: VERSION,
		kernels,
		node: process.version,
		cores: cpus().length,
		threads,
		model,
		dtype,
		device,
		options: formatOptions(options),
		image,
		input,
		runs,
		loadMs,
		stages,
	};
}
