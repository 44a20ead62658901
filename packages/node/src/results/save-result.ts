import { writeFile } from "node:fs/promises";
import { abortCheck, throwIfAborted } from "@dinoseg/core";
import type { CancelSignal } from "@dinoseg/core/engine";
import { RESULT_MARKER, renderResultFiles, type SegmentResult, type SweepSheet } from "@dinoseg/core/result";
import { loadKernels } from "@dinoseg/kernels";
import { createTemporaryFiles, type FileContent, publishFolder, type TemporaryFiles } from "../files/index.ts";
import { writePng } from "../image/encode.ts";
import { checkNoResult } from "./compare-result.ts";

export interface SaveOptions {
	/** Replace a result that is there already. @default false */
	readonly force?: boolean;
	/** The sheet that `renderResultSweep` gives, written as `sweep.png`. @default none; an old one is removed */
	readonly sweep?: SweepSheet | undefined;
	/** Whether `figure.png` is written; without it an old one is removed. @default true */
	readonly figure?: boolean | undefined;
	/** Ends the call before anything of the result is in its place. */
	readonly signal?: CancelSignal;
	/** Registry of half-written files, for programs that clean up on an interrupt. */
	readonly temporaryFiles?: TemporaryFiles;
}

/**
 * Write a result as a folder of files: `figure.png`, `labels.png`, `overlay.png`, `confidence.png`, `segments.json`, and
 * `sweep.png` if there is one.
 *
 * What was exported from an older result in this folder is removed with it.
 * `segments.json` appears last, so its presence means that the result is complete.
 *
 * @param folder created if absent.
 * @throws DinosegError OUTPUT_EXISTS unless `force`, OUTPUT_UNWRITABLE, ABORTED
 */
export async function saveResult(result: SegmentResult, folder: string, options: SaveOptions = {}): Promise<void> {
	if (!options.force) {
		await checkNoResult(folder);
	}
	const { sweep, figure, signal, temporaryFiles = createTemporaryFiles() } = options;
	const kernels = await loadKernels();
	const { files, obsolete } = renderResultFiles(result, {
		encodePng:
			async (image): Promise<FileContent> =>
			(path) =>
				writePng(image, path),
		kernels,
		check: abortCheck(signal),
		sweep,
		figure,
	});
	const contents = new Map<string, FileContent>(
		[...files].map(([name, make]) => [
			name,
			async (path) => {
				throwIfAborted(signal);
				const made = await make();
				await (made instanceof Uint8Array ? writeFile(path, made) : made(path));
			},
		]),
	);
	await publishFolder(folder, contents, { marker: RESULT_MARKER, obsolete, temporaryFiles });
}
