import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "@dinoseg/node/files";
import { bucketAt } from "../buckets/bucket-at.ts";
import { isBucketUri, joinOutput } from "../buckets/bucket-uri.ts";
import type { CommandContext } from "../commands/context.ts";

/** The page of a run, in its output folder. */
export const RUN_PAGE = "index.html";

/** Where the page of a run goes. */
export interface PagePlace {
	/** What is there, or nothing. */
	read(): Promise<string | undefined>;
	/** @throws DinosegError OUTPUT_UNWRITABLE, STORAGE_* */
	write(content: Uint8Array): Promise<void>;
}

/** @param output folder that exists, or `s3://bucket/folder`. */
export function pagePlace(context: CommandContext, output: string): PagePlace {
	if (isBucketUri(output)) {
		const place = () => bucketAt(context, joinOutput(output, RUN_PAGE));
		return {
			async read() {
				const { storage, key } = await place();
				const bytes = await storage.get(key);
				return bytes && new TextDecoder().decode(bytes);
			},
			async write(content) {
				const { storage, key } = await place();
				await storage.put(key, content);
			},
		};
	}
	const path = join(output, RUN_PAGE);
	return {
		read: () => readFile(path, "utf8").catch(() => undefined),
		write: (content) => writeFileAtomically(path, content, context.temporaryFiles),
	};
}
