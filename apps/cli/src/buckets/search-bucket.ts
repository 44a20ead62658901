import { RESULT_MARKER } from "@dinoseg/core/result";
import type { Storage, StoredObject } from "@dinoseg/jobs/storage";

/**
 * The objects of a bucket below a folder, some at a time, but for those of results: of a folder with a `segments.json`,
 * and of those below it. Names that begin with a dot are left out, as on a disk.
 *
 * Convention: a storage lists a bucket in the order of its keys, so what is in a folder comes together. A folder that goes
 * on in the next part of the list is asked for its marker; all others are known from the list.
 *
 * @param folder key with a slash at its end; empty for the whole bucket.
 */
export async function* searchBucket(storage: Storage, folder: string): AsyncGenerator<readonly StoredObject[]> {
	/** Folders that the last part ended in, and whether each holds a result. */
	let open = new Map<string, boolean>();
	let held: readonly StoredObject[] | undefined;
	const settle = async (page: readonly StoredObject[], isLast: boolean): Promise<readonly StoredObject[]> => {
		const suffix = `/${RESULT_MARKER}`;
		const results = new Set(
			page.filter(({ key }) => `/${key}`.endsWith(suffix)).map(({ key }) => key.slice(0, -RESULT_MARKER.length)),
		);
		const ends = isLast ? [] : foldersOf(page[page.length - 1].key, folder);
		const next = new Map<string, boolean>();
		for (const name of ends) {
			const isResult =
				results.has(name) || (open.get(name) ?? (await storage.size(name + RESULT_MARKER)) !== undefined);
			next.set(name, isResult);
		}
		const isResult = (name: string) => results.has(name) || next.get(name) === true || open.get(name) === true;
		const found = page.filter(({ key }) => !isHidden(key, folder) && !foldersOf(key, folder).some(isResult));
		open = next;
		return found;
	};
	for await (const page of storage.list(folder)) {
		if (held !== undefined) {
			yield await settle(held, false);
		}
		held = page;
	}
	if (held !== undefined) {
		yield await settle(held, true);
	}
}

/** The folders that a key lies in, from the one that is searched on, each with a slash at its end. */
function foldersOf(key: string, root: string): string[] {
	const folders = [root];
	for (let slash = key.indexOf("/", root.length); slash !== -1; slash = key.indexOf("/", slash + 1)) {
		folders.push(key.slice(0, slash + 1));
	}
	return folders;
}

function isHidden(key: string, root: string): boolean {
	return key[root.length] === "." || key.includes("/.", root.length);
}
