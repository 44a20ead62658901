import { DinosegError, optionName } from "@dinoseg/core/errors";
import type { BatchItem } from "./batch-item.ts";
import { hashPath } from "./path-hash.ts";
import { PathTable } from "./path-table.ts";

/** What a filter says of an item. */
export interface FilteredItem {
	/** No item of that path came before. */
	readonly isNew: boolean;
	/** One of that path came before, and is made of something else. */
	readonly conflict?: DinosegError;
}

/** Takes of items with one path the first one. Of each path it keeps 30 bytes. */
export function createItemFilter(): (item: BatchItem) => FilteredItem {
	const seen = new PathTable();
	return (item) => {
		const hash = hashPath(item.path);
		const source = hashPath(item.source).low;
		const before = seen.get(hash);
		if (before === undefined) {
			seen.set(hash, source);
			return { isNew: true };
		}
		return before === source ? { isNew: false } : { isNew: false, conflict: conflictOf(item) };
	};
}

function conflictOf({ path, source }: BatchItem): DinosegError {
	return new DinosegError(
		"INPUT_CONFLICT",
		`${source}: another file of this batch is called ${path} too, and has its output. Run them separately with different ${optionName("output")} folders, or give their common parent folder as input.`,
		{ details: { path, source } },
	);
}
