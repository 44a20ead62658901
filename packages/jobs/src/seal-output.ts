import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { TEMPORARY_SUFFIX, unwritable } from "@dinoseg/node/files";
import { sealFile } from "./manifest.ts";
import type { SealedFile } from "./manifest-line.ts";
import { syncFolder } from "./sync-folder.ts";

/**
 * See that every file of an output is on the disk, and take its size and sha256.
 *
 * @param folder of the output: all that lies in it belongs to it.
 * @throws DinosegError OUTPUT_UNWRITABLE
 */
export async function sealOutput(folder: string): Promise<Record<string, SealedFile>> {
	try {
		const files: Record<string, SealedFile> = {};
		const entries = await readdir(folder, { withFileTypes: true });
		const names = entries.filter((entry) => entry.isFile() && !entry.name.endsWith(TEMPORARY_SUFFIX));
		for (const { name } of names.sort((a, b) => (a.name < b.name ? -1 : 1))) {
			files[name] = await sealFile(join(folder, name), true);
		}
		await syncFolder(folder);
		return files;
	} catch (cause) {
		throw unwritable(folder, cause);
	}
}
