import { mkdir, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { STAGES, type Warning } from "@dinoseg/core";
import type { PartialOptions } from "@dinoseg/core/options";
import type { SegmentResult } from "@dinoseg/core/result";
import { saveResult } from "@dinoseg/node/results";
import { createSegmenter, type Segmenter, type SegmenterOptions } from "@dinoseg/node/segmenter";
import type { CommandContext } from "../commands/context.ts";
import { type StageTime, summariseTimes } from "./stage-time.ts";

/** The stages of a job in their order, the network once more on one thread, and the sum of the stages. */
export const MEASURED = [
	...STAGES.flatMap((stage) => (stage === "network" ? (["networkOneThread", stage] as const) : [stage])),
	"total",
] as const;
export type Measured = (typeof MEASURED)[number];

export interface MeasureOptions {
	/** Model, precision and device. */
	readonly segmenter: Pick<SegmenterOptions, "model" | "dtype" | "device" | "hub">;
	readonly options: PartialOptions;
	/** Runs that count, after a warm-up that does not. */
	readonly runs: number;
	/** Called when the model is there, before any work on the picture. */
	readonly onReady: (segmenter: Segmenter) => void;
	/** Called before each run; number 0 is the warm-up. */
	readonly onRun: (run: number, threads: number) => void;
	readonly onWarning: (warning: Warning) => void;
}

export interface StageMeasurement {
	readonly image: { readonly width: number; readonly height: number };
	/** Size of the network's input, pixels. */
	readonly input: { readonly width: number; readonly height: number };
	readonly kernels: Segmenter["kernels"];
	/** Threads of `network`. `total` counts this one. */
	readonly threads: number;
	/** Getting the network ready, once per process, milliseconds. */
	readonly loadMs: number;
	readonly stages: Readonly<Record<Measured, StageTime>>;
}

/**
 * Time the stages of the whole job on one picture, without the token cache. `render` is all that follows the label map:
 * statistics, the pictures rendered and encoded, and the files written to the system's folder for temporary files.
 *
 * @throws DinosegError as `createSegmenter`, `segment` and `saveResult` do.
 */
export async function measureStages(
	context: CommandContext,
	input: string,
	measure: MeasureOptions,
): Promise<StageMeasurement> {
	const threads = availableParallelism();
	const { temporaryFiles } = context;
	const open = (count: number) =>
		createSegmenter({ ...measure.segmenter, threads: count, cache: false, temporaryFiles });
	const { stages, ...facts } = await use(await open(threads), (segmenter) =>
		timeJobs(context, segmenter, input, measure, threads),
	);
	// One session after the other: a large model does not fit into every memory twice.
	const networkOneThread =
		threads === 1 ? stages.network : await use(await open(1), (segmenter) => timeNetwork(segmenter, input, measure));
	return { ...facts, threads, stages: { ...stages, networkOneThread } };
}

async function use<T>(segmenter: Segmenter, work: (segmenter: Segmenter) => Promise<T>): Promise<T> {
	try {
		return await work(segmenter);
	} finally {
		await segmenter.dispose();
	}
}

async function timeJobs(
	context: CommandContext,
	segmenter: Segmenter,
	input: string,
	{ options, runs, onReady, onRun, onWarning }: MeasureOptions,
	threads: number,
) {
	onReady(segmenter);
	onRun(0, threads);
	const first = await segmenter.segment(input, options);
	first.warnings.forEach(onWarning);
	await timeSaving(context, first);
	const results: SegmentResult["timings"][] = [];
	for (let run = 1; run <= runs; run++) {
		onRun(run, threads);
		const result = await segmenter.segment(input, options);
		const saving = await timeSaving(context, result);
		const { timings } = result;
		results.push({ ...timings, render: timings.render + saving, total: timings.total + saving });
	}
	const { image, timings } = first;
	const tokens = first.tokens();
	return {
		image: { width: image.width, height: image.height },
		input: { width: tokens.inputWidth, height: tokens.inputHeight },
		kernels: segmenter.kernels,
		loadMs: timings.load,
		stages: Object.fromEntries(
			[...STAGES, "total" as const].map((stage) => [stage, summariseTimes(results.map((result) => result[stage]))]),
		) as Record<Exclude<Measured, "networkOneThread">, StageTime>,
	};
}

/** Milliseconds that a result takes from the label map to files, which are removed again. */
async function timeSaving({ temporaryFiles, now }: CommandContext, result: SegmentResult): Promise<number> {
	const folder = temporaryFiles.reserve(join(tmpdir(), "bench"));
	try {
		await mkdir(folder);
		const start = now();
		await saveResult(result, folder, { temporaryFiles });
		return now() - start;
	} finally {
		await rm(folder, { recursive: true, force: true });
		temporaryFiles.release(folder);
	}
}

async function timeNetwork(segmenter: Segmenter, input: string, measure: MeasureOptions): Promise<StageTime> {
	const times: number[] = [];
	for (let run = 0; run <= measure.runs; run++) {
		measure.onRun(run, 1);
		await segmenter.features(input, {
			...measure.options,
			onEvent(event) {
				if (run > 0 && event.type === "stage-end" && event.stage === "network") {
					times.push(event.milliseconds);
				}
			},
		});
	}
	return summariseTimes(times);
}
