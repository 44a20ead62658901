import { resolve } from "node:path";
import { openStorage, type Storage } from "@dinoseg/jobs";
import { isBucketUri } from "../buckets/bucket-uri.ts";
import type { CommandContext } from "../commands/context.ts";

/** The storage that an output flag, or argument, names. @throws DinosegError OPTION_INVALID */
export function openOutput({ cwd, env, temporaryFiles }: CommandContext, output: string): Promise<Storage> {
	return openStorage(isBucketUri(output) ? output : resolve(cwd, output), { temporaryFiles, env });
}
