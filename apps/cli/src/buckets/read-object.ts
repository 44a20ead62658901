import { DinosegError } from "@dinoseg/core/errors";
import { MAX_INPUT_BYTES } from "@dinoseg/node";
import type { CommandContext } from "../commands/context.ts";
import { bucketAt } from "./bucket-at.ts";

/**
 * Read an object of a bucket as an input.
 *
 * @throws DinosegError INPUT_NOT_FOUND, INPUT_UNREADABLE above MAX_INPUT_BYTES, STORAGE_*
 */
export async function readObject(context: CommandContext, uri: string): Promise<Uint8Array> {
	const { storage, key } = await bucketAt(context, uri);
	const bytes = key === "" ? undefined : await storage.get(key, { maxBytes: MAX_INPUT_BYTES });
	if (bytes === undefined) {
		throw new DinosegError("INPUT_NOT_FOUND", `${uri}: no such object. Check the address.`);
	}
	return bytes;
}
