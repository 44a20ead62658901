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
		const isAlone = stems.get(withoutExtension(image.absolutePath)) === 1 && isFolderName(stemOf(image.namedPath));
		const stem = inside(withoutExtension(image.namedPath));
		const sibling = taken.get(stem);
		const isFree = sibling === undefined || dirname(sibling.absolutePath) !== dirname(image.absolutePath);
		const outputName = isAlone && isFree ? stem : inside(image.namedPath);
		const other = taken.get(outputName);
		if (other) {
			throw new DinosegError(
				"INPUT_CONFLICT",
				`${other.path} and ${image.path} would both write to the folder "${outputName}". Run them separately with different --output folders, or give their common parent folder as input.`,
				{ details: { inputs: [other.path, image.path] } },
			);
		}
		taken.set(outputName, image);
		return { path: image.path, outputName };
	});
}

function stemOf(path: string): string {
	return basename(path, extname(path));
}

function withoutExtension(path: string): string {
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
