import { lstat, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DinosegError, isDinosegError, optionName } from "@dinoseg/core/errors";
import { type ExportPiece, zipPieces } from "@dinoseg/core/labels";
import { errnoOf } from "../files/errno.ts";
import { createFolder, removeEmptyFolders, type TemporaryFiles } from "../files/index.ts";
import { unwritable } from "../files/unwritable.ts";
import { spoolPieces } from "./spool.ts";

/** What an export is on the disk: one file, a folder of files, or a zip of them. */
export type ExportContainer = "file" | "folder" | "zip";

export interface WriteExportOptions {
	/** Replace what is there. In a folder, files of the same name are replaced and others stay. @default false */
	readonly force?: boolean;
	readonly temporaryFiles: TemporaryFiles;
}

/**
 * Write an export so that its name never stands for half of it.
 *
 * Pieces go to a temporary folder beside the target first, so memory holds a few megabytes of them, and nothing is left
 * behind on failure.
 *
 * @param target its folder is created if absent.
 * @throws DinosegError OUTPUT_EXISTS unless `force`, OUTPUT_UNWRITABLE; what the pieces throw of their own.
 */
export async function writeExport(
	container: ExportContainer,
	pieces: AsyncIterable<ExportPiece>,
	target: string,
	options: WriteExportOptions,
): Promise<void> {
	const { force = false, temporaryFiles } = options;
	await checkExportTarget(container, target, force);
	const parent = dirname(target);
	const created = createFolder(parent);
	// A folder that is there may be a link or the root of a disk, to which nothing can be renamed from beside it.
	const temporary = temporaryFiles.reserve((await isFolder(target)) ? join(target, "parts") : target);
	try {
		await mkdir(temporary);
		const spool = await spoolPieces(pieces, temporary);
		if (container === "zip") {
			const zip = join(temporary, "zip");
			await writeZip(spool.folder, spool.files, zip);
			await rename(zip, target);
		} else if (container === "file") {
			await rename(join(spool.folder, spool.files[0]), target);
		} else {
			await publishFiles(spool.folder, spool.files, target);
		}
	} catch (cause) {
		throw isDinosegError(cause) || errnoOf(cause) === undefined ? cause : unwritable(target, cause);
	} finally {
		await rm(temporary, { recursive: true, force: true });
		temporaryFiles.release(temporary);
		removeEmptyFolders(parent, created);
	}
}

async function writeZip(folder: string, files: readonly string[], path: string): Promise<void> {
	async function* entries(): AsyncGenerator<ExportPiece> {
		for (const file of files) {
			yield { file, data: await readFile(join(folder, file)) };
		}
	}
	await writeFile(path, zipPieces(entries()), { flag: "wx" });
}

/** Give the files their names: all at once where there is no such folder, else one by one. */
async function publishFiles(folder: string, files: readonly string[], target: string): Promise<void> {
	if (!(await isFolder(target))) {
		return rename(folder, target);
	}
	for (const file of files) {
		await mkdir(dirname(join(target, file)), { recursive: true });
		await rename(join(folder, file), join(target, file));
	}
}

/**
 * Throw if an export cannot have this path, before any work is done for it.
 *
 * @param force what is there may be replaced, but no folder by a file, and no file by a folder.
 * @throws DinosegError OUTPUT_EXISTS, OUTPUT_UNWRITABLE
 */
export async function checkExportTarget(container: ExportContainer, target: string, force: boolean): Promise<void> {
	if (!(await isThere(target))) {
		return;
	}
	const isInTheWay = (await isFolder(target)) !== (container === "folder");
	if (isInTheWay) {
		const problem =
			container === "folder" ? "is no folder, and the export is one" : "is a folder, and the export is a file";
		throw new DinosegError("OUTPUT_UNWRITABLE", `${target}: ${problem}. Choose another ${optionName("output")}.`);
	}
	if (!force) {
		throw new DinosegError(
			"OUTPUT_EXISTS",
			`${target}: is there already. Use ${optionName("force")} to replace it, or another ${optionName("output")}.`,
		);
	}
}

/** Whether there is anything; a link that leads nowhere is something too. */
async function isThere(path: string): Promise<boolean> {
	return lstat(path).then(
		() => true,
		() => false,
	);
}

/** Whether there is a folder, or a link to one. */
async function isFolder(path: string): Promise<boolean> {
	return stat(path).then(
		(status) => status.isDirectory(),
		() => false,
	);
}
