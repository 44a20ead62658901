import { basename, dirname, extname, join, sep } from "node:path";
import { DinosegError } from "@dinoseg/core/errors";

/** A picture that an argument led to. */
export interface FoundImage {
	/** The path to show and to put into results. */
	readonly path: string;
	readonly absolutePath: string;
	/** The part of the path that the output folder repeats, extension included. */
	readonly namedPath: string;
}

export interface NamedImage {
	readonly path: string;
	/** Folder of the result, relative to the output folder. */
	readonly outputName: string;
}

/**
 * Give every picture a folder of its own; a file that was named twice is taken once.
 *
 * @throws DinosegError INPUT_CONFLICT if two files from different folders would share one.
 */
export function nameOutputs(found: readonly FoundImage[]): NamedImage[] {
	const unique = [...new Map(found.map((image) => [image.absolutePath, image])).values()];
	const stems = countBy(unique, (image) => withoutExtension(image.absolutePath));
	const taken = new Map<string, FoundImage>();
	return unique.map((image) => {
		const { stem, whole } = outputNamesOf(image.namedPath);
		const isAlone = stems.get(withoutExtension(image.absolutePath)) === 1;
		const sibling = stem === undefined ? undefined : taken.get(stem);
		const isFree = sibling === undefined || dirname(sibling.absolutePath) !== dirname(image.absolutePath);
		const outputName = isAlone && isFree && stem !== undefined ? stem : whole;
		const other = taken.get(outputName);
		if (other) {
			throw outputConflict(other, image, outputName);
		}
		taken.set(outputName, image);
		return { path: image.path, outputName };
	});
}

/** The folders that an image may get: named by its stem, where that can name one, or by its whole name. */
export function outputNamesOf(namedPath: string): { readonly stem: string | undefined; readonly whole: string } {
	const stem = isFolderName(stemOf(namedPath)) ? inside(withoutExtension(namedPath)) : undefined;
	return { stem, whole: inside(namedPath) };
}

/** The error for two images that would share a folder. */
export function outputConflict(other: FoundImage, image: FoundImage, outputName: string): DinosegError {
	return new DinosegError(
		"INPUT_CONFLICT",
		`${other.path} and ${image.path} would both write to the folder "${outputName}". Run them separately with different --output folders, or give their common parent folder as input.`,
		{ details: { inputs: [other.path, image.path] } },
	);
}

function stemOf(path: string): string {
	return basename(path, extname(path));
}

/** Alike for images of one folder and one stem. */
export function withoutExtension(path: string): string {
	return join(dirname(path), stemOf(path));
}

/** False for the stems of files such as `..png`, which would be the output folder itself or lie outside it. */
function isFolderName(stem: string): boolean {
	return stem !== "" && stem !== "." && stem !== "..";
}

/** A name that cannot leave the output folder: a pattern such as `../*.jpg` has its dots in the fixed part only. */
function inside(name: string): string {
	return name
		.split(sep)
		.filter((part) => part !== "..")
		.join(sep);
}

function countBy<T>(items: readonly T[], key: (item: T) => string): Map<string, number> {
	const counts = new Map<string, number>();
	for (const item of items) {
		counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
	}
	return counts;
}
