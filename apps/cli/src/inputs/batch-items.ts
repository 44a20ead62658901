import { createReadStream } from "node:fs";
import { resolve, sep } from "node:path";
import { DinosegError, isDinosegError } from "@dinoseg/core/errors";
import { type BatchGap, type BatchItem, isInShard, readPathList, type Shard } from "@dinoseg/jobs";
import { readableExtensions } from "@dinoseg/node/segmenter";
import { bucketSearch } from "../buckets/bucket-search.ts";
import { isBucketUri } from "../buckets/bucket-uri.ts";
import type { CommandContext } from "../commands/context.ts";
import { expandInput } from "./expand-inputs.ts";
import { createSearchFilter } from "./image-files.ts";
import { STDIN } from "./source-of.ts";

/** What a batch is made of. */
export interface BatchInputs {
	/** Files, folders and globs. */
	readonly inputs: readonly string[];
	/** A list of files, one path a line; `-` is stdin. @default none */
	readonly from?: string;
	/** The paths of the list end with NUL. @default line feeds */
	readonly null?: boolean;
	readonly output: string;
}

/** An image of a batch. */
export interface ImageItem extends BatchItem {
	/** As the user gave it, or the path below what the user gave. */
	readonly input: string;
}

/** Images, and parts of the input that cannot be searched, some at a time. */
export type BatchItems = AsyncIterable<readonly (ImageItem | BatchGap)[]>;

/** The folder of the result of an item. */
export function outputOf(output: string, path: string): string {
	return `${output}${sep}${sep === "/" ? path : path.replaceAll("/", sep)}`;
}

/**
 * The images of a shard, some at a time, so that their names are never held together.
 *
 * Convention: `in/sub/b.jpg` found in the folder `in` is `sub/b.jpg`, and its result goes to `out/sub/b.jpg/`, with its
 * ending: a shard does not know which other images there are. A file that was named, or stands in a list, keeps its path.
 */
export async function* batchItems(
	context: CommandContext,
	batch: BatchInputs,
	shard: Shard,
): AsyncGenerator<(ImageItem | BatchGap)[]> {
	const { cwd } = context;
	const buckets = bucketSearch(context, batch.output);
	const filter = createSearchFilter(resolve(cwd, batch.output), readableExtensions());
	for (const input of batch.inputs) {
		try {
			for await (const steps of expandInput(input, filter, { cwd, buckets }, "any")) {
				yield steps.flatMap((step) => {
					if ("error" in step) {
						return { error: step.error };
					}
					if ("skipped" in step) {
						return [];
					}
					const path = inside(step.path === input ? input : step.namedPath);
					return isInShard(path, shard) ? { path, source: step.absolutePath, input: step.path } : [];
				});
			}
		} catch (error) {
			if (!isDinosegError(error)) {
				throw error;
			}
			yield [{ error }];
		}
	}
	if (batch.from !== undefined) {
		for await (const input of readPathList(
			openList(context, batch.from),
			batch.null ? "\0" : "\n",
			listName(batch.from),
		)) {
			const path = inside(input);
			if (isInShard(path, shard)) {
				yield [{ path, source: isBucketUri(input) ? input : resolve(cwd, input), input }];
			}
		}
	}
}

async function* openList({ cwd, stdin }: CommandContext, from: string): AsyncGenerator<Uint8Array> {
	if (from === STDIN) {
		yield* stdin;
		return;
	}
	try {
		yield* createReadStream(resolve(cwd, from)) as AsyncIterable<Buffer>;
	} catch (cause) {
		throw new DinosegError(
			"INPUT_UNREADABLE",
			`${from}: the list of images cannot be read (${(cause as Error).message}). Check the path.`,
			{ cause },
		);
	}
}

const listName = (from: string): string => (from === STDIN ? "stdin" : from);

/** What a path below a folder has none of. */
const ODD = /(^|\/)\.{0,2}(\/|$)|[:\\]/;

/** A path that cannot leave the output folder, with forward slashes. */
function inside(path: string): string {
	if (!ODD.test(path)) {
		return path;
	}
	const parts = path.split(sep).filter((part) => part !== "" && part !== "." && part !== "..");
	return parts.map((part) => part.replace(/:$/, "")).join("/");
}
