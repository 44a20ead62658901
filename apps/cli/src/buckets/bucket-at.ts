import type { Storage } from "@dinoseg/jobs/storage";
import type { CommandContext } from "../commands/context.ts";

/** A place in a bucket. */
export interface BucketPlace {
	/** The whole bucket. */
	readonly storage: Storage;
	readonly key: string;
}

/** One connection for each bucket of a command. */
const opened = new WeakMap<CommandContext, Map<string, Promise<Storage>>>();

/**
 * The place at an address.
 *
 * @throws DinosegError OPTION_INVALID for one that is none
 */
export async function bucketAt(context: CommandContext, uri: string): Promise<BucketPlace> {
	const { openStorage, parseS3Uri } = await import("@dinoseg/jobs/storage");
	const { bucket, key } = parseS3Uri(uri);
	const { temporaryFiles, env } = context;
	const buckets = opened.get(context) ?? new Map<string, Promise<Storage>>();
	opened.set(context, buckets);
	const storage = buckets.get(bucket) ?? openStorage(`s3://${bucket}`, { temporaryFiles, env });
	buckets.set(bucket, storage);
	return { storage: await storage, key };
}
