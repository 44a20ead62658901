import type { BatchGap, Shard } from "@dinoseg/jobs";
import type { CommandContext } from "../commands/context.ts";
import { type BatchInputs, batchItems, type ImageItem } from "./batch-items.ts";

/**
 * The images of a shard that a codebook is fitted to, some at a time. None has an output of its own, so each is called as the
 * user named it: images of one name in two folders are two.
 */
export async function* fitItems(
	context: CommandContext,
	batch: BatchInputs,
	shard: Shard,
): AsyncGenerator<(ImageItem | BatchGap)[]> {
	for await (const some of batchItems(context, batch, shard)) {
		yield some.map((item) => ("error" in item ? item : { ...item, path: item.input }));
	}
}
