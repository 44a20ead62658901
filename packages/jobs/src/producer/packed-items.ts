import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { QueuedItem } from "../chunk/chunk-job.ts";

/** Items as few bytes: of a chunk in the queue they are kept until it ended, for the queue may lose it. */
export function packItems(items: readonly QueuedItem[]): Uint8Array {
	return deflateRawSync(JSON.stringify(items), { level: 1 });
}

export function unpackItems(packed: Uint8Array): QueuedItem[] {
	return JSON.parse(inflateRawSync(packed).toString()) as QueuedItem[];
}
