import { isAbsolute } from "node:path";
import { DinosegError } from "@dinoseg/core/errors";
import type { TemporaryFiles } from "@dinoseg/node/files";
import { folderStorage } from "./folder-storage.ts";
import { isS3Uri } from "./s3-uri.ts";
import type { Storage } from "./storage.ts";

export interface OpenStorageOptions {
	/** Half-written files of a folder. */
	readonly temporaryFiles: TemporaryFiles;
	/** Of `AWS_MAX_ATTEMPTS`; what else the SDK reads of the surroundings, it reads itself. @default none */
	readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * The storage at an address. What speaks to S3 is loaded where it is needed only.
 *
 * @param uri an absolute path, or `s3://bucket/prefix`.
 * @throws DinosegError OPTION_INVALID for anything else, STORAGE_REFUSED for an endpoint that is none
 */
export async function openStorage(uri: string, { temporaryFiles, env }: OpenStorageOptions): Promise<Storage> {
	if (isS3Uri(uri)) {
		const { s3Storage } = await import("./s3-storage.ts");
		return s3Storage(uri, env);
	}
	if (!isAbsolute(uri)) {
		throw new DinosegError(
			"OPTION_INVALID",
			`${uri}: is no address of a storage. Give an absolute path, or s3://bucket/folder.`,
			{ details: { uri } },
		);
	}
	return folderStorage(uri, temporaryFiles);
}
