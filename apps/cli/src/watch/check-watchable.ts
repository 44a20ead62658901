import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { DinosegError } from "@dinoseg/core/errors";
import { isOutput } from "../inputs/expand-inputs.ts";
import { createSearchFilter } from "../inputs/image-files.ts";
import { STDOUT } from "../runs/stdout-output.ts";

/**
 * Check that a folder can be watched.
 *
 * @throws DinosegError OPTION_INVALID for stdout as output, INPUT_NOT_FOUND, INPUT_UNREADABLE if it is no folder, INPUT_EMPTY if it is one of results
 */
export async function checkWatchable(
	folder: string,
	{ outputFolder, cwd }: { readonly outputFolder: string; readonly cwd: string },
): Promise<void> {
	if (outputFolder === STDOUT) {
		throw new DinosegError("OPTION_INVALID", "--output - is for one file of one image. Give a watch a folder.");
	}
	const path = resolve(cwd, folder);
	const stats = await stat(path).catch((cause) => {
		throw new DinosegError("INPUT_NOT_FOUND", `${folder}: no such folder. Create it, or check the path.`, { cause });
	});
	if (!stats.isDirectory()) {
		throw new DinosegError("INPUT_UNREADABLE", `${folder}: is no folder. Name the folder that images are put into.`);
	}
	if (await createSearchFilter(resolve(cwd, outputFolder), []).isOutputFolder(path)) {
		throw isOutput(folder);
	}
}
