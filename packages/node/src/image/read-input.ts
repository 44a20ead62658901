import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { DinosegError } from "@dinoseg/core/errors";
import { errnoOf } from "../files/errno.ts";

/** A file that was read whole. */
export interface InputFile {
	readonly bytes: Uint8Array;
	/** Lower-case hexadecimal digest of `bytes`. */
	readonly sha256: string;
}

/** Bytes above which a file is not read: room for 100 megapixels of 16-bit RGB, uncompressed. */
export const MAX_INPUT_BYTES = 2 ** 30;

/**
 * Read one input file.
 *
 * @throws DinosegError INPUT_NOT_FOUND, INPUT_EMPTY; INPUT_UNREADABLE for folders, devices, files above
 *   MAX_INPUT_BYTES and those that the system refuses.
 */
export async function readInput(path: string): Promise<InputFile> {
	const status = await attempt(path, () => stat(path));
	if (status.isDirectory()) {
		throw new DinosegError("INPUT_UNREADABLE", `${path}: is a folder. Name the images in it.`);
	}
	if (!status.isFile()) {
		throw new DinosegError(
			"INPUT_UNREADABLE",
			`${path}: is no regular file but a pipe, socket or device. Save the image to a file first.`,
		);
	}
	if (status.size > MAX_INPUT_BYTES) {
		throw new DinosegError(
			"INPUT_UNREADABLE",
			`${path}: has ${status.size} bytes, at most ${MAX_INPUT_BYTES} are read. Save it compressed or smaller.`,
			{ details: { bytes: status.size, max: MAX_INPUT_BYTES } },
		);
	}
	const bytes = await attempt(path, () => readFile(path));
	if (bytes.length === 0) {
		throw emptyInput(path);
	}
	return hashBytes(bytes);
}

/** Bytes that were read, with their digest. */
export function hashBytes(bytes: Uint8Array): InputFile {
	return { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** The error for an input of zero bytes. */
export function emptyInput(name: string): DinosegError {
	return new DinosegError("INPUT_EMPTY", `${name}: the file has zero bytes. Copy or download it again.`);
}

async function attempt<T>(path: string, action: () => Promise<T>): Promise<T> {
	try {
		return await action();
	} catch (cause) {
		const errno = errnoOf(cause);
		if (errno === "ENOENT" || errno === "ENOTDIR") {
			throw new DinosegError("INPUT_NOT_FOUND", `${path}: no such file. Check the path.`, { cause });
		}
		const reason = errno === "EACCES" || errno === "EPERM" ? "permission denied" : String((cause as Error).message);
		throw new DinosegError("INPUT_UNREADABLE", `${path}: cannot be read (${reason}). Check its permissions.`, {
			cause,
		});
	}
}
