import { type Dir, type Dirent, opendirSync } from "node:fs";
import { access, readdir, stat } from "node:fs/promises";
import { dirname, extname, join, relative, resolve, sep } from "node:path";
import { skippedType } from "./skipped-files.ts";

/** Decides which files a search may read; explicitly named files are not asked. */
export interface SearchFilter {
	/** Endings of images that can be read, lower case, with the dot. */
	readonly extensions: readonly string[];
	/** True for the name of one. */
	hasImageExtension(file: string): boolean;
	/** True for a known extension outside every output folder. */
	accepts(file: string, root: string): Promise<boolean>;
	/** True for the run's output folder and for every folder that holds a result. */
	isOutputFolder(folder: string): Promise<boolean>;
}

/**
 * Results of earlier runs are never input: not the output folder of this run, nor a folder with a `segments.json`.
 *
 * @param extensions of images, lower case, with the dot.
 */
export function createSearchFilter(outputFolder: string, extensions: readonly string[]): SearchFilter {
	const output = resolve(outputFolder);
	const isOutputFolder = async (folder: string): Promise<boolean> =>
		resolve(folder) === output || exists(join(folder, "segments.json"));
	const known = new Map<string, Promise<boolean>>();
	const isKnownOutputFolder = (folder: string): Promise<boolean> => {
		const answer = known.get(folder) ?? isOutputFolder(folder);
		known.set(folder, answer);
		return answer;
	};
	const hasImageExtension = (file: string) => extensions.includes(extname(file).toLowerCase());
	return {
		extensions,
		hasImageExtension,
		isOutputFolder,
		async accepts(file, root) {
			if (!hasImageExtension(file)) {
				return false;
			}
			for (const folder of foldersBetween(root, dirname(file))) {
				if (await isKnownOutputFolder(folder)) {
					return false;
				}
			}
			return true;
		},
	};
}

/** What a search comes upon. */
export type SearchStep =
	| { readonly type: "image"; readonly path: string }
	/** `what`: an image type that is not read, a dead link or a special file. */
	| { readonly type: "skipped"; readonly path: string; readonly what: string }
	| { readonly type: "unreadable-folder"; readonly path: string; readonly cause: unknown };

/** How the entries of a folder come. `any`: as the disk has them, so that their names are never held together. */
export type SearchOrder = "by-name" | "any";

/**
 * Every image below a folder, and what looks like one and is not read, some at a time. Links to files are followed, links
 * to folders are not.
 */
export async function* searchImages(
	folder: string,
	filter: SearchFilter,
	order: SearchOrder = "by-name",
): AsyncGenerator<SearchStep[]> {
	if (await filter.isOutputFolder(folder)) {
		return;
	}
	let entries: Iterable<Dirent>;
	try {
		entries =
			order === "any" ? entriesOf(opendirSync(folder, { bufferSize: ENTRIES_AT_ONCE })) : await sortedEntries(folder);
	} catch (cause) {
		yield [{ type: "unreadable-folder", path: folder, cause }];
		return;
	}
	const prefix = folder.endsWith(sep) ? folder : `${folder}${sep}`;
	let steps: SearchStep[] = [];
	for (const entry of entries) {
		const path = `${prefix}${entry.name}`;
		if (entry.name.startsWith(".")) {
			continue;
		}
		if (entry.isDirectory()) {
			yield steps;
			steps = [];
			yield* searchImages(path, filter, order);
			continue;
		}
		const isImage = filter.hasImageExtension(path);
		const what = !isImage ? skippedType(path) : entry.isFile() ? undefined : await specialKind(entry, path);
		if (what !== undefined) {
			steps.push({ type: "skipped", path, what });
		} else if (isImage) {
			steps.push({ type: "image", path });
		}
		if (steps.length === ENTRIES_AT_ONCE) {
			yield steps;
			steps = [];
		}
	}
	yield steps;
}

/** One by one, what comes some at a time. */
export async function* eachOf<T>(chunks: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
	for await (const chunk of chunks) {
		yield* chunk;
	}
}

/** Entries of a folder that are read together. */
const ENTRIES_AT_ONCE = 1024;

/** Read as they are asked for, without a turn of the event loop for each: there may be very many. */
function* entriesOf(folder: Dir): Generator<Dirent> {
	try {
		for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
			yield entry;
		}
	} finally {
		folder.closeSync();
	}
}

async function sortedEntries(folder: string): Promise<Dirent[]> {
	const entries = await readdir(folder, { withFileTypes: true });
	return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function foldersBetween(root: string, folder: string): string[] {
	const folders = [root];
	let current = root;
	for (const part of relative(root, folder).split(sep)) {
		if (part !== "") {
			current = join(current, part);
			folders.push(current);
		}
	}
	return folders;
}

/** What an entry with the name of an image is that is no regular file. */
async function specialKind(entry: Dirent, path: string): Promise<string | undefined> {
	if (!entry.isSymbolicLink()) {
		return "special file";
	}
	return stat(path).then(
		(stats) => (stats.isFile() ? undefined : stats.isDirectory() ? "link to a folder" : "special file"),
		() => "dead link",
	);
}

async function exists(path: string): Promise<boolean> {
	return access(path).then(
		() => true,
		() => false,
	);
}
