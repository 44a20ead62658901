import { DTYPES, parseOptions, resolveOptions, type SegmentationOptions } from "@dinoseg/core/options";
import { z } from "@hono/zod-openapi";
import { writeOptions } from "../api/options.ts";
import { unknownResource } from "../api/problems.ts";
import type { EntryStore } from "./entry-store.ts";
import type { SegmentationRequest } from "./segmentation-request.ts";

/** What a result is made from; with it, further files of it can be made. */
const recordSchema = z.strictObject({
	imageId: z.string(),
	model: z.string(),
	dtype: z.enum(DTYPES),
	maxPixels: z.int(),
	options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

/** The results of segmentations, by the digest of all that decides them. */
export interface ResultStore {
	/** @returns undefined if it is not there. */
	find(id: string, file: string): Promise<{ readonly path: string; readonly bytes: number } | undefined>;
	/** The bytes of a small file. @returns undefined if it is not there. */
	read(id: string, file: string): Promise<Uint8Array | undefined>;
	/** What a result is made from. @throws DinosegError RESOURCE_UNKNOWN */
	request(id: string): Promise<SegmentationRequest>;
	/** Remember what a result is made from, before any of its files. */
	begin(id: string, request: SegmentationRequest): Promise<void>;
	write(id: string, file: string, bytes: Uint8Array): Promise<void>;
	/** Keep a result until the function that is returned is called. */
	hold(id: string): () => void;
}

/** Name of the kind among the entries of a store. */
export const RESULTS = "results";
/** The file of a result without which no other counts. */
export const RESULT_RECORD = "request.json";

export function createResultStore(store: EntryStore): ResultStore {
	const entry = (id: string): string => `${RESULTS}/${id}`;
	return {
		find: (id, file) => store.find(entry(id), file),
		read: (id, file) => store.read(entry(id), file),
		async request(id) {
			const record = await store.read(entry(id), RESULT_RECORD);
			if (record === undefined) {
				throw unknownResource(`segmentation ${id}`, "Ask for it again with POST /v1/segmentations.");
			}
			const { options, maxPixels, ...others } = recordSchema.parse(JSON.parse(new TextDecoder().decode(record)));
			return { ...others, options: resolveOptions({ ...parseOptions(options), maxPixels }) };
		},
		async begin(id, { options, ...record }) {
			// It says the same each time.
			if ((await store.find(entry(id), RESULT_RECORD)) !== undefined) {
				return;
			}
			const { maxPixels }: SegmentationOptions = options;
			const text = JSON.stringify({ ...record, maxPixels, options: writeOptions(options) });
			await store.write(entry(id), RESULT_RECORD, new TextEncoder().encode(text));
		},
		write: (id, file, bytes) => store.write(entry(id), file, bytes),
		hold: (id) => store.hold(entry(id)),
	};
}
