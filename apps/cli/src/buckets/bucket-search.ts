import { DinosegError } from "@dinoseg/core/errors";
import type { Storage } from "@dinoseg/jobs/storage";
import type { CommandContext } from "../commands/context.ts";
import { bucketAt } from "./bucket-at.ts";
import { isBucketUri } from "./bucket-uri.ts";

/** What a search of buckets has to know. */
export interface BucketSearch {
	/** The whole bucket of an address. */
	open(uri: string): Promise<Storage>;
	/** The output of the run, which is never input. */
	readonly output: string;
}

/** How a command finds inputs in buckets. */
export function bucketSearch(context: CommandContext, output: string): BucketSearch {
	return { output, open: async (uri) => (await bucketAt(context, uri)).storage };
}

/**
 * Throw if an input lies in a bucket, for a flag that reads images more than once.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function refuseBuckets(jobs: readonly { readonly input: string }[], option: string): void {
	const inBucket = jobs.find(({ input }) => isBucketUri(input));
	if (inBucket !== undefined) {
		throw new DinosegError(
			"OPTION_INVALID",
			`${option} reads an image several times, which is not done in a bucket: ${inBucket.input}. Download the images first, or leave it away.`,
		);
	}
}
