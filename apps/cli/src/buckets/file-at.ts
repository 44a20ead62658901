import { access } from "node:fs/promises";
import { dirname } from "node:path";
import { DinosegError, optionName } from "@dinoseg/core/errors";
import { createFolder, writeFileAtomically } from "@dinoseg/node/files";
import type { CommandContext } from "../commands/context.ts";
import { bucketAt } from "./bucket-at.ts";
import { isBucketUri } from "./bucket-uri.ts";

/**
 * Throw if a file, or an object of a bucket, is there, and must not be replaced; or if its bucket cannot be read.
 *
 * @throws DinosegError OUTPUT_EXISTS, STORAGE_*
 */
export async function checkOutputFile(context: CommandContext, path: string, replaces: boolean): Promise<void> {
	if ((await isThere(context, path)) && !replaces) {
		throw new DinosegError(
			"OUTPUT_EXISTS",
			`${path}: is there already. Use ${optionName("force")} to replace it, or another ${optionName("output")}.`,
		);
	}
}

/**
 * Write a file, or an object of a bucket, whole or not at all. Folders are created.
 *
 * @throws DinosegError OUTPUT_UNWRITABLE, STORAGE_*
 */
export async function writeFileAt(context: CommandContext, path: string, content: Uint8Array): Promise<void> {
	if (isBucketUri(path)) {
		const { storage, key } = await bucketAt(context, path);
		await storage.put(key, content);
		return;
	}
	createFolder(dirname(path));
	await writeFileAtomically(path, content, context.temporaryFiles);
}

/**
 * Read a file, or an object of a bucket.
 *
 * @throws DinosegError as `readInput`, `readObject`
 */
export async function readFileAt(context: CommandContext, path: string): Promise<Uint8Array> {
	if (isBucketUri(path)) {
		return (await import("./read-object.ts")).readObject(context, path);
	}
	return (await (await import("@dinoseg/node")).readInput(path)).bytes;
}

async function isThere(context: CommandContext, path: string): Promise<boolean> {
	if (isBucketUri(path)) {
		const { storage, key } = await bucketAt(context, path);
		return (await storage.size(key)) !== undefined;
	}
	return access(path).then(
		() => true,
		() => false,
	);
}
