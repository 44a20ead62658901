import { DinosegError } from "@dinoseg/core/errors";

/**
 * The error for more bytes than the browser gives.
 *
 * @param needed bytes that are missing still.
 * @param free bytes that it gives, if that is known.
 */
export function noSpace(model: string, needed: number, free: number | undefined, cause?: unknown): DinosegError {
	const given = free === undefined ? "no more" : `${Math.floor(free / 1e6)} MB more`;
	return new DinosegError(
		"CACHE_NO_SPACE",
		`${model}: ${Math.ceil(needed / 1e6)} MB are needed, and this browser lets the page store ${given}. Delete another ` +
			"model, or free space on the disk. What was downloaded stays.",
		{ details: { model, needed, ...(free === undefined ? {} : { free }) }, cause },
	);
}

/** The error for a browser, or a page, that has no file system of its own. */
export function noFileSystem(cause?: unknown): DinosegError {
	return new DinosegError(
		"CACHE_UNWRITABLE",
		"Models cannot be kept: this browser gives the page no file system of its own. Private windows of some browsers, " +
			"and pages that came by plain http from another computer, have none. Use a normal window, and https or localhost.",
		{ cause },
	);
}

/**
 * The error for something of a model that could not be read or written.
 *
 * @param needed bytes that are missing still.
 */
export function storageFailure(model: string, cause: unknown, needed: number): DinosegError {
	if (cause instanceof DinosegError) {
		return cause;
	}
	const { name, message } = cause as Error;
	if (name === "QuotaExceededError") {
		return noSpace(model, needed, undefined, cause);
	}
	const reason =
		name === "NoModificationAllowedError"
			? "another tab uses it. Close that tab"
			: `the browser says: ${message}. Reload the page; if it stays so, delete the model`;
	return new DinosegError("CACHE_UNWRITABLE", `${model}: cannot be stored, for ${reason}.`, {
		details: { model },
		cause,
	});
}
