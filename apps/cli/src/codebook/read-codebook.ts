import { type Codebook, decodeCodebook } from "@dinoseg/core/codebook";
import { readFileAt } from "../buckets/file-at.ts";
import type { CommandContext } from "../commands/context.ts";

/** @throws DinosegError CODEBOOK_INVALID; of reading the file */
export async function readCodebook(context: CommandContext, path: string): Promise<Codebook> {
	return decodeCodebook(await readFileAt(context, path), path);
}
