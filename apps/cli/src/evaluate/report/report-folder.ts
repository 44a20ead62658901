import { access, realpath } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { DinosegError } from "@dinoseg/core/errors";

/** The page of a report. */
export const REPORT_PAGE = "index.html";

/**
 * Throw if a report may not be written to a folder: not to one that holds a truth, whose files it would be mixed with,
 * and not over an older report unless that is wished.
 *
 * @throws DinosegError OPTION_INVALID, OUTPUT_EXISTS
 */
export async function checkReportFolder(folder: string, truthFolder: string, force: boolean): Promise<void> {
	const inside = relative(await realpath(truthFolder), await realFolder(resolve(folder)));
	if (inside === "" || !(inside === ".." || inside.startsWith(`..${sep}`) || resolve(inside) === inside)) {
		throw new DinosegError(
			"OPTION_INVALID",
			`--report must not lie in the folder of the truth (${truthFolder}), got ${folder}. Choose a folder elsewhere.`,
			{ details: { option: "--report", value: folder } },
		);
	}
	if (!force && (await exists(join(folder, REPORT_PAGE)))) {
		throw new DinosegError(
			"OUTPUT_EXISTS",
			`${folder}: holds a report already (${REPORT_PAGE}). Use --force to replace it, or another folder.`,
		);
	}
}

/** The real path of a folder that need not exist yet. */
async function realFolder(folder: string): Promise<string> {
	try {
		return await realpath(folder);
	} catch {
		const parent = dirname(folder);
		return parent === folder ? folder : join(await realFolder(parent), relative(parent, folder));
	}
}

async function exists(path: string): Promise<boolean> {
	return access(path).then(
		() => true,
		() => false,
	);
}
