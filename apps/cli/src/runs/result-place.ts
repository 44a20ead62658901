import type { SegmentsDocument } from "@dinoseg/core/labels";
import type { SegmentResult } from "@dinoseg/core/result";
import { loadKernels } from "@dinoseg/kernels";
import { findWantedResult, type SaveOptions, saveResult, type WantedResult } from "@dinoseg/node/results";
import { bucketAt } from "../buckets/bucket-at.ts";
import { isBucketUri } from "../buckets/bucket-uri.ts";
import type { CommandContext } from "../commands/context.ts";

/** Where the result of one image goes. */
export interface ResultPlace {
	/** As `findWantedResult`. */
	find(wanted: WantedResult): Promise<SegmentsDocument | undefined>;
	/** As `saveResult`. */
	save(result: SegmentResult, options: Pick<SaveOptions, "force" | "sweep" | "figure">): Promise<void>;
}

/** @param folder of the result: on the disk, or `s3://bucket/folder`. */
export async function resultPlace(context: CommandContext, folder: string): Promise<ResultPlace> {
	if (!isBucketUri(folder)) {
		const { temporaryFiles } = context;
		return {
			find: (wanted) => findWantedResult(folder, wanted),
			save: (result, options) => saveResult(result, folder, { ...options, temporaryFiles }),
		};
	}
	const [{ storage, key }, { findPutResult, putResult }] = await Promise.all([
		bucketAt(context, folder),
		import("@dinoseg/jobs/stored-result"),
	]);
	return {
		find: (wanted) => findPutResult(storage, key, wanted),
		save: async (result, { force = false, ...options }) =>
			putResult(result, storage, key, { ...options, kernels: await loadKernels(), replaces: force }),
	};
}
