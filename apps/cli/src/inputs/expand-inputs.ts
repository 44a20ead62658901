import { stat } from "node:fs/promises";
import { basename, join, posix, relative, resolve, sep } from "node:path";
import { DinosegError } from "@dinoseg/core";
import { glob, isDynamicPattern } from "tinyglobby";
import { createSearchFilter, listImages, type SearchFilter } from "./image-files.ts";
import { type FoundImage, nameOutputs } from "./name-outputs.ts";

/** One picture to segment and the folder for its result. */
export interface InputJob {
	/** As the user gave it, or the path below what the user gave. */
	readonly input: string;
	readonly outputFolder: string;
}

/** An argument that gave no picture. The other inputs still run. */
export interface InputFailure {
	readonly input: string;
	readonly error: DinosegError;
}

export interface ExpandedInputs {
	readonly jobs: readonly InputJob[];
	readonly failures: readonly InputFailure[];
}

export interface ExpandOptions {
	readonly outputFolder: string;
	readonly cwd: string;
}

/**
 * Turn files, folders and globs into jobs.
 *
 * Convention: `in/sub/b.jpg` found in the folder `in` goes to `out/sub/b/`, a named file to `out/<stem>/`, a file that
 * a glob found keeps its path below the glob's fixed part. Files of one folder and one stem keep their extensions.
 * An argument that is the name of an existing file is that file, also with glob characters in its name.
 *
 * @throws DinosegError INPUT_CONFLICT if two different files would share an output folder.
 */
export async function expandInputs(inputs: readonly string[], options: ExpandOptions): Promise<ExpandedInputs> {
	const filter = createSearchFilter(resolve(options.cwd, options.outputFolder));
	const found: FoundImage[] = [];
	const failures: InputFailure[] = [];
	for (const input of inputs) {
		try {
			found.push(...(await expandOne(input, filter, options.cwd)));
		} catch (error) {
			if (!(error instanceof DinosegError)) {
				throw error;
			}
			failures.push({ input, error });
		}
	}
	const jobs = nameOutputs(found).map(({ path, outputName }) => ({
		input: path,
		outputFolder: join(options.outputFolder, outputName),
	}));
	return { jobs, failures };
}

async function expandOne(input: string, filter: SearchFilter, cwd: string): Promise<FoundImage[]> {
	const path = resolve(cwd, input);
	const stats = await stat(path).catch(() => undefined);
	if (stats?.isDirectory()) {
		return expandFolder(input, path, filter);
	}
	if (stats === undefined && isDynamicPattern(toSlashes(input))) {
		return expandGlob(input, filter, cwd);
	}
	// A missing file fails when it is read, with the error of reading.
	return [{ path: input, absolutePath: path, namedPath: basename(input) }];
}

async function expandFolder(input: string, folder: string, filter: SearchFilter): Promise<FoundImage[]> {
	const files = await listImages(folder, filter).catch((cause: unknown) => {
		throw new DinosegError("INPUT_UNREADABLE", `${input}: the folder cannot be read (${String(cause)}).`, { cause });
	});
	if (files.length === 0) {
		throw new DinosegError(
			"INPUT_EMPTY",
			`${input}: no images in this folder. Known extensions: jpg, jpeg, png, webp, tif, tiff, gif, avif; folders that hold results (segments.json) are not searched.`,
		);
	}
	return files.map((file) => {
		const below = relative(folder, file);
		return { path: join(input, below), absolutePath: file, namedPath: below };
	});
}

async function expandGlob(pattern: string, filter: SearchFilter, cwd: string): Promise<FoundImage[]> {
	const fixed = fixedPart(toSlashes(pattern));
	const root = resolve(cwd, fixed);
	const files = (
		await glob(toSlashes(pattern), { cwd, absolute: true, onlyFiles: true, followSymbolicLinks: false })
	).sort();
	const images: FoundImage[] = [];
	for (const file of files) {
		if (await filter.accepts(file, root)) {
			const below = relative(root, file);
			images.push({ path: join(fixed, below), absolutePath: resolve(file), namedPath: below });
		}
	}
	if (images.length === 0) {
		throw new DinosegError(
			"INPUT_NOT_FOUND",
			`${pattern}: no image matches this pattern. Check the path, and quote the pattern so that the shell leaves it alone.`,
		);
	}
	return images;
}

/** The folders of a pattern before its first part with a wildcard. */
function fixedPart(pattern: string): string {
	const parts = pattern.split("/");
	const firstDynamic = parts.findIndex((part) => isDynamicPattern(part));
	const fixed = parts.slice(0, firstDynamic === -1 ? parts.length - 1 : firstDynamic);
	return fixed.length === 1 && fixed[0] === "" ? "/" : fixed.join("/");
}

function toSlashes(path: string): string {
	return sep === posix.sep ? path : path.replaceAll(sep, posix.sep);
}
