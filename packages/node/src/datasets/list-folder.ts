import { readdir } from "node:fs/promises";
import { DinosegError } from "@dinoseg/core/errors";
import { errnoOf } from "../files/errno.ts";

/**
 * The names of what lies in a folder, in a fixed order, without hidden ones.
 *
 * @throws DinosegError INPUT_NOT_FOUND, INPUT_UNREADABLE
 */
export async function listFolder(folder: string): Promise<string[]> {
	try {
		const names = await readdir(folder);
		return names.filter((name) => !name.startsWith(".")).sort();
	} catch (cause) {
		const errno = errnoOf(cause);
		if (errno === "ENOENT") {
			throw new DinosegError("INPUT_NOT_FOUND", `${folder}: no such folder. Check the path.`, { cause });
		}
		const reason = errno === "ENOTDIR" ? "it is no folder" : errno === "EACCES" ? "permission denied" : String(errno);
		throw new DinosegError("INPUT_UNREADABLE", `${folder}: cannot be read (${reason}). Name a folder.`, { cause });
	}
}
