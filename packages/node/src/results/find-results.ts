import { access, readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { DinosegError, optionName } from "@dinoseg/core/errors";
import { RESULT_MARKER } from "@dinoseg/core/result";
import { listFolder } from "../datasets/list-folder.ts";

/** A folder that `saveResult` wrote. */
export interface FoundResult {
	readonly folder: string;
	/** Its path below the folder that was searched, with forward slashes. */
	readonly name: string;
}

/** Results in a fixed order. Only their names are in memory, so there may be very many. */
export interface FoundResults extends Iterable<FoundResult> {
	readonly count: number;
	/** The folder is a result itself, not one that results are in. */
	readonly isResult: boolean;
}

/**
 * The results in a folder and the folders below it; a folder that is a result itself is the only one. Links to folders are
 * not followed.
 *
 * @throws DinosegError INPUT_NOT_FOUND, INPUT_UNREADABLE, INPUT_EMPTY
 */
export async function findResults(folder: string): Promise<FoundResults> {
	if (await isResult(folder)) {
		const only: FoundResult = { folder, name: basename(resolve(folder)) };
		return { count: 1, isResult: true, [Symbol.iterator]: () => [only].values() };
	}
	const names: string[] = [];
	await search(folder, "", names);
	if (names.length === 0) {
		throw new DinosegError(
			"INPUT_EMPTY",
			`${folder}: holds no results: looked for ${RESULT_MARKER} in it and in all folders below. Name the ${optionName("output")} folder of a run.`,
			{ details: { folder } },
		);
	}
	return {
		count: names.length,
		isResult: false,
		*[Symbol.iterator]() {
			for (const name of names) {
				yield { folder: join(folder, name), name };
			}
		},
	};
}

/** Add the names of results below a folder to `found`. */
async function search(folder: string, name: string, found: string[]): Promise<void> {
	const names = new Set(await listFolder(folder));
	const entries = await readdir(folder, { withFileTypes: true });
	if (names.has(RESULT_MARKER)) {
		found.push(name);
	}
	const folders = entries.filter((entry) => entry.isDirectory() && names.has(entry.name)).map((entry) => entry.name);
	for (const below of folders.sort()) {
		await search(join(folder, below), name === "" ? below : `${name}/${below}`, found);
	}
}

async function isResult(folder: string): Promise<boolean> {
	return access(join(folder, RESULT_MARKER)).then(
		() => true,
		() => false,
	);
}
