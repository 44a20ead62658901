import { dirname } from "node:path";
import type { Warning } from "@dinoseg/core";
import { DinosegError } from "@dinoseg/core/errors";
import {
	applyNames,
	createCategoryTable,
	type DataSetExportFormat,
	type DataSetWriter,
	EXPORT_FORMATS,
	type ExportImage,
	type ExportOptions,
	type ExportPiece,
	type ImageExportFormat,
	type SegmentNames,
} from "@dinoseg/core/labels";
import { type Kernels, loadKernels } from "@dinoseg/kernels";
import { checkExportTarget, encodeJpeg, writeExport } from "@dinoseg/node";
import { createFolder, removeEmptyFolders, writeFileAtomically } from "@dinoseg/node/files";
import { type FoundResult, type FoundResults, findResults, readPhotograph, readResult } from "@dinoseg/node/results";
import { type CommandContext, EXIT, type ExitCode } from "../commands/context.ts";
import { asDinosegError } from "../commands/internal-error.ts";
import { checkExportFlags, type ExportFlags, holdsPhotographs } from "../export/export-flags.ts";
import { dataSetTarget, imageTarget } from "../export/export-target.ts";
import { type Outcome, readAhead } from "../export/read-ahead.ts";
import { readNames } from "../inputs/read-names.ts";
import { printable } from "../progress/printable.ts";
import { describeDuration } from "../progress/progress.ts";
import { createRunLog, type RunLog } from "../progress/run-log.ts";

/** Results that are read at the same time: files are waited for, and several large label maps have room in memory. */
const READ_AHEAD = 4;

/** One run of the command. */
interface ExportRun {
	readonly context: CommandContext;
	readonly folder: string;
	readonly results: FoundResults;
	readonly flags: ExportFlags;
	readonly names: SegmentNames;
	readonly options: ExportOptions;
	readonly kernels: Kernels;
	readonly log: RunLog;
}

/** Write every result of a folder in one format. */
export async function exportAll(context: CommandContext, folder: string, flags: ExportFlags): Promise<ExitCode> {
	checkExportFlags(flags);
	const names: SegmentNames = flags.names === undefined ? new Map() : await readNames(flags.names);
	const results = await findResults(folder);
	const { splitRegions, simplify, imagePrefix, polygons, pick, fullSize } = flags;
	const palette = [...names.values()].some(({ color }) => color !== undefined) ? "segments" : "voc";
	const log = createRunLog(context, flags);
	const run: ExportRun = {
		context,
		folder,
		results,
		flags,
		names,
		options: { splitRegions, simplify, imagePrefix, palette, polygons, pick, fullSize },
		kernels: await loadKernels(),
		log,
	};
	const format: DataSetExportFormat | ImageExportFormat = EXPORT_FORMATS[flags.format];
	const start = context.now();
	log.tell({ type: "run-start", total: results.count });
	const exported = await (format.holds === "data set" ? exportDataSet(run, format) : exportImages(run, format));
	const count = `${results.count} results: ${exported} exported, ${results.count - exported} failed`;
	log.tell({ type: "run-end", summary: `${count}, ${describeDuration(context.now() - start)}` });
	log.finish(flags.json ? [...Array.from(results, (result) => result.folder), folder] : undefined);
	return log.failures() > 0 ? EXIT.failed : EXIT.done;
}

/** @returns how many images were exported. */
async function exportDataSet(run: ExportRun, format: DataSetExportFormat): Promise<number> {
	const { context, folder, flags, log } = run;
	const target = dataSetTarget(folder, format, flags.output);
	const beside = format.beside === undefined ? undefined : target + format.beside;
	const { temporaryFiles } = context;
	const force = flags.force === true;
	const writer = format.createWriter(run.kernels, run.options);
	let count = 0;
	// Until the file has its name, no image is done.
	const exported: string[] = [];
	const pieces = piecesOf(run, writer, (result) => {
		count++;
		if (flags.json) {
			exported.push(result);
		}
	});
	try {
		await checkExportTarget(format.container, target, force);
		if (beside !== undefined) {
			await checkExportTarget("file", beside, force);
		}
		await writeExport(format.container, pieces, target, { force, temporaryFiles });
		if (beside !== undefined) {
			await writeFileAtomically(beside, Buffer.from(writer.beside?.() ?? ""), temporaryFiles);
		}
	} catch (error) {
		log.failed(folder, asDinosegError(error, folder));
		return 0;
	}
	for (const result of exported) {
		log.done(result, target);
	}
	if (!flags.quiet) {
		const written = [target, ...(beside === undefined ? [] : [beside])].map(printable);
		context.stderr.write(`${flags.format} → ${written.join(", ")}\n`);
	}
	return count;
}

/** The pieces of all images that can be exported; what fails is told and left out. */
async function* piecesOf(
	run: ExportRun,
	writer: DataSetWriter,
	exported: (folder: string) => void,
): AsyncGenerator<ExportPiece> {
	const { log } = run;
	const files = new Set<string>();
	for await (const { item, value } of readImages(run)) {
		const { folder } = item;
		try {
			const image = value();
			if (files.has(image.file)) {
				throw new DinosegError(
					"INPUT_CONFLICT",
					`${folder}: another result is of an image ${image.file} as well. Export them apart.`,
				);
			}
			yield* writer.add(image);
			files.add(image.file);
			exported(folder);
			log.tell({ type: "image-done", input: folder, summary: null });
		} catch (error) {
			log.failed(folder, asDinosegError(error, folder));
		}
	}
	if (files.size === 0) {
		throw new DinosegError("RESULT_INVALID", `${run.folder}: no result could be exported, so nothing was written.`);
	}
	yield* writer.end();
	tellWarnings(run, writer.warnings?.());
}

function tellWarnings({ log, folder }: ExportRun, warnings: readonly Warning[] = []): void {
	for (const warning of warnings) {
		log.tell({ type: "warning", input: folder, warning });
	}
}

/** @returns how many images were exported. */
async function exportImages(run: ExportRun, format: ImageExportFormat): Promise<number> {
	const { context, results, flags, kernels, options, log } = run;
	const notes = format.createNotes?.();
	let count = 0;
	for await (const { item, value } of readImages(run)) {
		const { folder } = item;
		try {
			const start = context.now();
			const target = imageTarget(item, format, results.isResult, flags.output);
			await checkExportTarget("file", target, flags.force === true);
			const image = value();
			await writeImage(context, format.encode(kernels, image, options), target);
			notes?.see(image);
			log.done(folder, target);
			count++;
			const summary = `${target} · ${describeDuration(context.now() - start)}`;
			log.tell({ type: "image-done", input: folder, summary });
		} catch (error) {
			log.failed(folder, asDinosegError(error, folder));
		}
	}
	tellWarnings(run, notes?.warnings());
	return count;
}

async function writeImage(
	{ temporaryFiles }: CommandContext,
	data: string | Uint8Array,
	target: string,
): Promise<void> {
	const folder = dirname(target);
	const created = createFolder(folder);
	try {
		await writeFileAtomically(target, typeof data === "string" ? Buffer.from(data) : data, temporaryFiles);
	} finally {
		removeEmptyFolders(folder, created);
	}
}

function readImages(run: ExportRun): AsyncGenerator<Outcome<FoundResult, ExportImage>> {
	return readAhead(run.results, READ_AHEAD, (result) => {
		run.log.tell({ type: "image-start", input: result.folder });
		return readImage(run, result);
	});
}

async function readImage({ names, flags }: ExportRun, result: FoundResult): Promise<ExportImage> {
	const stored = await readResult(result.folder, {
		name: result.name,
		...(flags.maxPixels === undefined ? {} : { maxPixels: flags.maxPixels }),
	});
	const image = { ...stored.image, segments: applyNames(stored.image.segments, names) };
	// Here, because not every format asks for it: what one refuses, the others must not write.
	createCategoryTable().add(image);
	if (flags.images === undefined) {
		return image;
	}
	const photograph = await readPhotograph(flags.images, stored);
	return { ...image, photograph, ...(holdsPhotographs(flags.format) ? { jpeg: await encodeJpeg(photograph) } : {}) };
}
