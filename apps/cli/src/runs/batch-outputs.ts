import { statSync } from "node:fs";
import { join } from "node:path";
import type { SegmentNames } from "@dinoseg/core/labels";
import { RESULT_MARKER, renderResultFiles } from "@dinoseg/core/result";
import {
	type BatchOptions,
	changedFiles,
	type DoneLine,
	isSameInTar,
	openTar,
	type SealedFile,
	sealBytes,
	sealOutput,
	type TarPlace,
} from "@dinoseg/jobs";
import { loadKernels } from "@dinoseg/kernels";
import { encodePng } from "@dinoseg/node";
import { removeTemporaries } from "@dinoseg/node/files";
import type { Segmenter } from "@dinoseg/node/segmenter";
import type { CommandContext } from "../commands/context.ts";
import type { BatchFlags } from "../flags/batch-flags.ts";
import type { ParsedFlags } from "../flags/read-flags.ts";
import { type ImageItem, outputOf } from "../inputs/batch-items.ts";
import { fileSource } from "../inputs/source-of.ts";
import { makeResult, segmentInput } from "./segment-one.ts";

/** What makes the results of a batch. */
export interface BatchMaker {
	readonly context: CommandContext;
	readonly segmenter: Segmenter;
	readonly names: SegmentNames;
	readonly flags: BatchFlags;
	readonly options: ParsedFlags["options"];
	readonly used: ParsedFlags["used"];
}

/** A way to keep the results of a batch. */
export interface BatchOutputs {
	/** Whether a result is still what its line says. */
	isSame(line: DoneLine): Promise<boolean>;
	/**
	 * Be ready for new results.
	 *
	 * @param largestMark as `Manifest.largestMark`.
	 * @throws DinosegError MANIFEST_INVALID, OUTPUT_UNWRITABLE
	 */
	open(largestMark: number): Promise<Pick<BatchOptions<ImageItem>, "isThere" | "work"> & AsyncDisposable>;
}

/** A folder for each image; its mark is the size of the file that appears last. */
export function folderOutputs({ context, flags, ...made }: BatchMaker): BatchOutputs {
	const { output, force = false } = flags;
	return {
		isSame: async (line) => (await changedFiles(outputOf(output, line.path), line)).length === 0,
		async open() {
			return {
				// Synchronous: a hundred thousand of these come before the first new image.
				isThere: ({ path }, size) =>
					statSync(join(outputOf(output, path), RESULT_MARKER), { throwIfNoEntry: false })?.size === size,
				async work({ path, input }, isChanged) {
					const outputFolder = outputOf(output, path);
					// Of a process that was killed: the lock says that nobody else writes there.
					await removeTemporaries(outputFolder);
					const run = { ...made, figure: flags.figure === true, flags: { ...flags, force: force || isChanged } };
					const { kind, count, width, height } = (await makeResult(context, run, { input, outputFolder })).page;
					const files = await sealOutput(outputFolder);
					return { mark: files[RESULT_MARKER][0], files, facts: { kind, count, width, height } };
				},
				async [Symbol.asyncDispose]() {},
			};
		},
	};
}

/** The tar of a shard's results, in its folder. */
const TAR_FILE = "results.tar";

/** One tar for each shard; the mark of an image is where its files end. */
export function tarOutputs(
	{ context, segmenter, names, options, used, flags }: BatchMaker,
	folder: string,
): BatchOutputs {
	const tarPath = join(folder, TAR_FILE);
	return {
		isSame: ({ facts, files }) => isSameInTar(tarPath, facts as unknown as TarPlace, files),
		async open(largestMark) {
			const tar = await openTar(tarPath, largestMark);
			return {
				// The tar was opened, so it is as long as its manifest says.
				isThere: () => true,
				async work({ path, input }) {
					const { result } = await segmentInput(segmenter, await fileSource(context, input), { names, used }, options);
					const kernels = await loadKernels();
					const files = new Map<string, Uint8Array>();
					const seals: Record<string, SealedFile> = {};
					for (const [name, make] of renderResultFiles(result, { encodePng, kernels, figure: flags.figure === true })
						.files) {
						const bytes = await make();
						files.set(`${path}/${name}`, bytes);
						seals[name] = sealBytes(bytes);
					}
					const { width, height } = result.input;
					const count = result.kind === "regions" ? result.regions : result.clusters;
					const place = await tar.append(files);
					return { mark: place.end, files: seals, facts: { kind: result.kind, count, width, height, ...place } };
				},
				[Symbol.asyncDispose]: () => tar[Symbol.asyncDispose](),
			};
		},
	};
}
