import { stat } from "node:fs/promises";
import { basename, join, posix, relative, resolve, sep } from "node:path";
import { DinosegError } from "@dinoseg/core/errors";
import { readableExtensions } from "@dinoseg/node/segmenter";
import { glob, isDynamicPattern } from "tinyglobby";
import type { BucketSearch } from "../buckets/bucket-search.ts";
import { isBucketUri, joinOutput } from "../buckets/bucket-uri.ts";
import { type Expansion, type ExpansionStep, emptyFolder, fixedPart, type InputFailure, noMatch } from "./expansion.ts";
import { createSearchFilter, eachOf, type SearchFilter, type SearchOrder, searchImages } from "./image-files.ts";
import { type FoundImage, nameOutputs } from "./name-outputs.ts";
import { countSkipped, type SkippedCounts } from "./skipped-files.ts";
import { STDIN } from "./source-of.ts";

/** One picture to segment and the folder for its result. */
export interface InputJob {
	/** As the user gave it, or the path below what the user gave. */
	readonly input: string;
	readonly outputFolder: string;
	/** Number of the page, 1-based. @default the file has one picture, or its first is taken */
	readonly page?: number;
	/** Of stdin, where it was read already. */
	readonly bytes?: Uint8Array;
	/** The frames before and after it, in whatever order. @default it is no frame */
	readonly beside?: readonly InputJob[];
	/** Digest of the file's bytes. @default not known yet */
	readonly sha256?: string;
}

export interface ExpandedInputs {
	readonly jobs: readonly InputJob[];
	readonly failures: readonly InputFailure[];
	/** Of folders, files that look like images and are not read. */
	readonly skipped: SkippedCounts;
}

export interface ExpandOptions {
	readonly outputFolder: string;
	readonly cwd: string;
	/** How inputs in buckets are found. @default they are refused */
	readonly buckets?: BucketSearch;
	/** Endings of the images that folders and globs give, lower case. @default all that can be read */
	readonly extensions?: readonly string[];
}

/**
 * Turn files, folders and globs into jobs.
 *
 * Convention: `in/sub/b.jpg` found in the folder `in` goes to `out/sub/b/`, a named file to `out/<stem>/`, a file that
 * a glob found keeps its path below the glob's fixed part. Files of one folder and one stem keep their extensions.
 * An argument that is the name of an existing file is that file, also with glob characters in its name. `-` is stdin.
 *
 * @throws DinosegError INPUT_CONFLICT if two different files would share an output folder, or for a second `-`.
 */
export async function expandInputs(inputs: readonly string[], options: ExpandOptions): Promise<ExpandedInputs> {
	const { extensions = readableExtensions() } = options;
	const filter = createSearchFilter(resolve(options.cwd, options.outputFolder), extensions);
	const found: FoundImage[] = [];
	const failures: InputFailure[] = [];
	const skipped: string[] = [];
	if (inputs.filter((input) => input === STDIN).length > 1) {
		throw new DinosegError("INPUT_CONFLICT", "- is given twice, and stdin can be read once. Give it once.");
	}
	for (const input of inputs) {
		try {
			for await (const step of eachOf(expandInput(input, filter, options))) {
				if ("error" in step) {
					failures.push(step);
				} else if ("skipped" in step) {
					skipped.push(step.skipped);
				} else {
					found.push(step);
				}
			}
		} catch (error) {
			if (!(error instanceof DinosegError)) {
				throw error;
			}
			failures.push({ input, error });
		}
	}
	const jobs = nameOutputs(found).map(({ path, outputName }) => ({
		input: path,
		outputFolder: joinOutput(options.outputFolder, outputName),
	}));
	return { jobs, failures, skipped: countSkipped(skipped) };
}

const LEADING_SEPARATOR = /^[\\/]/;

/** The scheme of an address; a single letter is a drive of Windows. */
const ADDRESS = /^[a-z][a-z0-9+.-]+:\/\//i;

/**
 * Turn one file, folder or glob into images: of folders in any order, no names are held.
 *
 * @throws DinosegError INPUT_NOT_FOUND, INPUT_EMPTY, STORAGE_*
 */
export async function* expandInput(
	input: string,
	filter: SearchFilter,
	{ cwd, buckets }: Pick<ExpandOptions, "cwd" | "buckets">,
	order: SearchOrder = "by-name",
): Expansion {
	if (input === "") {
		throw new DinosegError("INPUT_NOT_FOUND", "An input is an empty text. Give a file, a folder or a glob.");
	}
	if (input === STDIN) {
		yield [{ path: STDIN, absolutePath: STDIN, namedPath: "stdin" }];
		return;
	}
	if (isBucketUri(input) && buckets !== undefined) {
		const { expandBucket } = await import("../buckets/expand-bucket.ts");
		yield* expandBucket(input, filter, buckets);
		return;
	}
	if (ADDRESS.test(input)) {
		throw new DinosegError(
			"INPUT_NOT_FOUND",
			`${input}: dinoseg opens files and s3:// addresses, no others. Download the image first, and name the file.`,
		);
	}
	const path = resolve(cwd, input);
	const stats = await stat(path).catch(() => undefined);
	if (stats?.isDirectory()) {
		yield* expandFolder(input, path, filter, order);
	} else if (stats === undefined && isDynamicPattern(toSlashes(input))) {
		yield* expandGlob(input, filter, cwd);
	} else {
		// A missing file fails when it is read, with the error of reading.
		yield [{ path: input, absolutePath: path, namedPath: basename(input) }];
	}
}

async function* expandFolder(input: string, folder: string, filter: SearchFilter, order: SearchOrder): Expansion {
	if (await filter.isOutputFolder(folder)) {
		throw isOutput(input);
	}
	let isEmpty = true;
	const skipped: string[] = [];
	for await (const steps of searchImages(folder, filter, order)) {
		yield steps.map((step): ExpansionStep => {
			if (step.type === "skipped") {
				skipped.push(step.what);
				return { skipped: step.what };
			}
			isEmpty = false;
			const below = step.path.slice(folder.length).replace(LEADING_SEPARATOR, "");
			const path = join(input, below);
			return step.type === "image"
				? { path, absolutePath: step.path, namedPath: below }
				: { input: path, error: unreadableFolder(path, step.cause) };
		});
	}
	if (isEmpty) {
		throw emptyFolder(input, countSkipped(skipped), filter);
	}
}

async function* expandGlob(pattern: string, filter: SearchFilter, cwd: string): Expansion {
	const fixed = fixedPart(toSlashes(pattern));
	const root = resolve(cwd, fixed);
	if (await filter.isOutputFolder(root)) {
		throw isOutput(pattern);
	}
	const files = await glob(toSlashes(pattern), { cwd, absolute: true, onlyFiles: true, followSymbolicLinks: false });
	let isEmpty = true;
	for (const file of files.sort()) {
		if (await filter.accepts(file, root)) {
			isEmpty = false;
			const below = relative(root, file);
			yield [{ path: join(fixed, below), absolutePath: resolve(file), namedPath: below }];
		}
	}
	if (isEmpty) {
		throw noMatch(pattern);
	}
}

/** The error for a folder of results that is named as input. */
export function isOutput(input: string): DinosegError {
	return new DinosegError(
		"INPUT_EMPTY",
		`${input}: this is the output folder of this run, or holds a result already, so it is not searched for images. Give another --output, or name the images themselves.`,
	);
}

function unreadableFolder(path: string, cause: unknown): DinosegError {
	const reason = cause instanceof Error ? cause.message : String(cause);
	return new DinosegError(
		"INPUT_UNREADABLE",
		`${path}: the folder cannot be read (${reason}). Check its permissions.`,
		{
			cause,
		},
	);
}

function toSlashes(path: string): string {
	return sep === posix.sep ? path : path.replaceAll(sep, posix.sep);
}
