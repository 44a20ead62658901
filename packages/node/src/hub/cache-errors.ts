import { DinosegError } from "@dinoseg/core";
import { errnoOf } from "../files/errno.ts";

/** The error for something in the model cache that could not be written at `path`. */
export function cacheFailure(path: string, cause: unknown): DinosegError {
	if (cause instanceof DinosegError) {
		return cause;
	}
	const errno = errnoOf(cause);
	const details = { path, ...(errno === undefined ? {} : { errno }) };
	if (errno === "ENOSPC" || errno === "EDQUOT") {
		return new DinosegError(
			"CACHE_NO_SPACE",
			`${path}: no space left (${errno}). Free some, remove models that are not used, or let HF_HUB_CACHE name a ` +
				"folder on another disk. What was downloaded stays.",
			{ details, cause },
		);
	}
	return new DinosegError(
		"CACHE_UNWRITABLE",
		`${path}: the model cache cannot be written to (${(cause as Error).message}). Change its permissions, or let ` +
			"HF_HUB_CACHE name another folder.",
		{ details, cause },
	);
}

/** The error for a disk that is too full, before anything is downloaded. */
export function notEnoughSpace(folder: string, needed: number, free: number): DinosegError {
	const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
	return new DinosegError(
		"CACHE_NO_SPACE",
		`${folder}: ${megabytes(needed)} are needed and ${megabytes(free)} are free. Free some space, or let HF_HUB_CACHE ` +
			"name a folder on another disk.",
		{ details: { path: folder, needed, free } },
	);
}
