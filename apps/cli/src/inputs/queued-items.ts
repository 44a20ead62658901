import type { BatchGap, QueuedItem } from "@dinoseg/jobs";
import { portablePath } from "@dinoseg/node/files";
import type { BatchItems, ImageItem } from "./batch-items.ts";

/**
 * Images as they lie in a queue: what is read, what the result is called, and by which name it tells of the image, where that
 * is another one.
 *
 * @param cwd which names are relative to.
 */
export async function* queuedItems(items: BatchItems, cwd: string): AsyncGenerator<(QueuedItem | BatchGap)[]> {
	for await (const some of items) {
		yield some.map((item) => {
			if ("error" in item) {
				return item;
			}
			const { path, source, input } = item;
			const name = portablePath(input, cwd);
			return name === path ? { path, source } : { path, source, name };
		});
	}
}

/** An item of a queue as progress and messages call it. */
export function imageOf(item: QueuedItem): ImageItem {
	const { path, source, name } = item;
	return { path, source, input: typeof name === "string" ? name : path };
}
