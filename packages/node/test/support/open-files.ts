import { existsSync } from "node:fs";
import { readdir, readlink } from "node:fs/promises";
import { join, sep } from "node:path";

const DESCRIPTORS = "/proc/self/fd";

/** Whether this system tells which files a process has open. */
export const tellsOpenFiles = existsSync(DESCRIPTORS);

/** Files below a folder that this process has open, also those that were removed. */
export async function openFilesBelow(folder: string): Promise<string[]> {
	const targets = await Promise.all(
		// One of them is that of this list itself, and has gone.
		(await readdir(DESCRIPTORS)).map((name) => readlink(join(DESCRIPTORS, name)).catch(() => "")),
	);
	return targets.filter((target) => target.startsWith(folder + sep)).sort();
}
