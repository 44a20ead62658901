import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import {
	DinosegError,
	EXPORT_FORMATS,
	encodeLabelPng,
	optionName,
	type RgbImage,
	renderOverlay,
	serialiseSegments,
} from "@dinoseg/core";
import { loadKernels } from "@dinoseg/kernels";
import { createTemporaryFiles, type FileContent, publishFolder, type TemporaryFiles } from "../files/index.ts";
import { writePng } from "../image/index.ts";
import { describeResult } from "./describe-result.ts";
import { resultPalette } from "./name-segments.ts";
import { renderResultFigure } from "./render-result-figure.ts";
import type { SegmentResult } from "./types.ts";

export interface SaveOptions {
	/** Replace a result that is there already. @default false */
	readonly force?: boolean;
	/** The sheet that `renderResultSweep` gives, written as `sweep.png`. @default none; an old one is removed */
	readonly sweep?: RgbImage | undefined;
	/** Registry of half-written files, for programs that clean up on an interrupt. */
	readonly temporaryFiles?: TemporaryFiles;
}

/** The file whose presence means that a folder holds a complete result. */
const MARKER = "segments.json";
/** The one file that not every result has. */
const SWEEP = "sweep.png";

/** What `dinoseg export` lays beside a result: it is out of date when the result is replaced. */
const EXPORTS = Object.values(EXPORT_FORMATS).flatMap(({ holds, fileName }) => (holds === "image" ? [fileName] : []));

/**
 * Write a result as a folder of files: `figure.png`, `labels.png`, `overlay.png`, `confidence.png`, `segments.json`, and
 * `sweep.png` if there is one.
 *
 * What was exported from an older result in this folder is removed with it.
 * `segments.json` appears last, so its presence means that the result is complete. Its timings include this call.
 *
 * @param folder created if absent.
 * @throws DinosegError OUTPUT_EXISTS unless `force`, OUTPUT_UNWRITABLE
 */
export async function saveResult(result: SegmentResult, folder: string, options: SaveOptions = {}): Promise<void> {
	if (!options.force) {
		await checkNoResult(folder);
	}
	const start = performance.now();
	const { width, height } = result.labels;
	const kernels = await loadKernels();
	const palette = resultPalette(result);
	// In the order in which they are begun. Pictures are encoded on other threads, all but the figure while that is drawn;
	// the labels come first, so that what encoding them takes is free again before the overlay, which needs most.
	const files = new Map<string, FileContent>([
		["labels.png", async (path) => writeFile(path, encodeLabelPng(result.labels, palette))],
		["overlay.png", (path) => writePng(renderOverlay(result.image, result.labels, { palette }), path)],
		["confidence.png", (path) => writePng({ grey: result.confidence, width, height }, path)],
		["figure.png", (path) => writePng(renderResultFigure(result, kernels), path)],
		[
			MARKER,
			async (path) => writeFile(path, serialiseSegments(describeResult(result, () => performance.now() - start))),
		],
	]);
	const { sweep } = options;
	if (sweep) {
		files.set(SWEEP, (path) => writePng(sweep, path));
	}
	await publishFolder(folder, files, {
		marker: MARKER,
		obsolete: [...EXPORTS, ...(sweep ? [] : [SWEEP])],
		temporaryFiles: options.temporaryFiles ?? createTemporaryFiles(),
	});
}

/**
 * Throw if a folder holds a complete result.
 *
 * @throws DinosegError OUTPUT_EXISTS
 */
export async function checkNoResult(folder: string): Promise<void> {
	const exists = await access(join(folder, MARKER)).then(
		() => true,
		() => false,
	);
	if (exists) {
		throw new DinosegError(
			"OUTPUT_EXISTS",
			`${folder}: holds a result already (${MARKER}). Use ${optionName("force")} to replace it, or another output folder.`,
		);
	}
}
