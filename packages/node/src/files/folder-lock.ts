import { readFileSync, unlinkSync } from "node:fs";
import { link, open, readdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { DinosegError } from "@dinoseg/core/errors";
import { errnoOf } from "./errno.ts";
import { createFolder, removeEmptyFolders } from "./folders.ts";
import { TEMPORARY_SUFFIX, type TemporaryNotes } from "./temporary-files.ts";
import { unwritable } from "./unwritable.ts";

/** The file in an output folder that names the process that writes there. */
const LOCK_FILE = ".dinoseg-lock";

export interface FolderLock {
	/** False once another process has taken the lock over: nothing more must be written then. */
	isHeld(): Promise<boolean>;
	/**
	 * Remove the lock, and the folder if the lock created it and it is empty. Called again, nothing happens. Synchronous: a
	 * signal handler cannot wait.
	 */
	release(): void;
}

export interface FolderLockOptions {
	/** Name of this machine. @default what the system says */
	readonly host?: string;
	/** Between two signs of life, milliseconds. @default 5,000 */
	readonly beatMs?: number;
	/** Without a sign of life for so long, a process of another machine counts as dead, milliseconds. @default 30,000 */
	readonly patienceMs?: number;
}

interface Owner {
	readonly pid: number;
	readonly host: string;
	/** When the process began, as the system counts it; null where it does not say. */
	readonly started: string | null;
}

/**
 * Keep other processes from writing to an output folder until the lock is released.
 *
 * The lock of a process that is dead is taken over, and what it left half-written below the folder (`.…dinoseg-tmp`) is
 * removed. A process of this machine is dead if the system says so. Of one elsewhere only its signs of life are known: it
 * touches the lock again and again, and whether that changes is looked at here, so that no clocks are compared.
 *
 * @param folder created with its parents if absent.
 * @throws DinosegError OUTPUT_IN_USE if another process has it, OUTPUT_UNWRITABLE
 */
export async function lockFolder(
	folder: string,
	temporaryFiles: TemporaryNotes,
	{ host = hostname(), beatMs = 5000, patienceMs = 30_000 }: FolderLockOptions = {},
): Promise<FolderLock> {
	const created = createFolder(folder);
	const path = join(folder, LOCK_FILE);
	const text = JSON.stringify({ pid: process.pid, host, started: startOf(process.pid) } satisfies Owner);
	const hold = (): FolderLock => {
		const beat = setInterval(() => {
			const now = new Date();
			utimes(path, now, now).catch(() => undefined);
		}, beatMs).unref();
		return {
			isHeld: () =>
				readFile(path, "utf8").then(
					(there) => there === text,
					() => false,
				),
			release() {
				clearInterval(beat);
				removeQuietly(path, text);
				removeEmptyFolders(folder, created);
			},
		};
	};
	const temporary = temporaryFiles.reserve(path);
	try {
		await writeFile(temporary, text, { flag: "wx" });
		while (!(await createLink(temporary, path))) {
			await takeOver(folder, path, temporaryFiles, { host, beatMs, patienceMs });
		}
		return hold();
	} catch (cause) {
		throw cause instanceof DinosegError ? cause : unwritable(folder, cause);
	} finally {
		await rm(temporary, { force: true }).catch(() => undefined);
		temporaryFiles.release(temporary);
	}
}

/** A lock appears whole or not at all. */
async function createLink(from: string, path: string): Promise<boolean> {
	try {
		await link(from, path);
		return true;
	} catch (cause) {
		if (errnoOf(cause) === "EEXIST") {
			return false;
		}
		throw cause;
	}
}

/** Remove the lock of a dead process. */
async function takeOver(
	folder: string,
	path: string,
	temporaryFiles: TemporaryNotes,
	options: Required<FolderLockOptions>,
): Promise<void> {
	const seen = await readFile(path, "utf8").catch(() => undefined);
	if (seen === undefined) {
		return;
	}
	const owner = parseOwner(seen);
	if (owner !== undefined) {
		const isHere = owner.host === options.host;
		if (isHere ? isAlive(owner) : await givesSigns(path, options)) {
			throw inUse(folder, owner, isHere);
		}
	}
	const aside = temporaryFiles.reserve(path);
	try {
		await rename(path, aside);
		// Another process may have taken it over between reading and renaming: that lock goes back.
		if ((await readFile(aside, "utf8")) !== seen) {
			await createLink(aside, path);
			return;
		}
	} catch (cause) {
		if (errnoOf(cause) !== "ENOENT") {
			throw cause;
		}
	} finally {
		await rm(aside, { force: true }).catch(() => undefined);
		temporaryFiles.release(aside);
	}
	await removeLeftOvers(folder);
}

function parseOwner(text: string): Owner | undefined {
	try {
		const owner = JSON.parse(text) as Owner;
		return Number.isInteger(owner.pid) && typeof owner.host === "string" ? owner : undefined;
	} catch {
		return undefined;
	}
}

/** Whether a process of this machine is what it was. */
function isAlive({ pid, started }: Owner): boolean {
	return isRunning(pid) && startOf(pid) === started;
}

/** Whether a lock is touched while it is watched. */
async function givesSigns(path: string, { beatMs, patienceMs }: Required<FolderLockOptions>): Promise<boolean> {
	const first = await touchedAt(path);
	const end = performance.now() + patienceMs;
	while (first !== undefined && performance.now() < end) {
		await wait(beatMs / 2);
		const now = await touchedAt(path);
		if (now !== first) {
			// Gone is no sign of life.
			return now !== undefined;
		}
	}
	return false;
}

/** Opened first: only then does a network drive ask its server. */
async function touchedAt(path: string): Promise<number | undefined> {
	try {
		await using file = await open(path, "r");
		return (await file.stat()).mtimeMs;
	} catch {
		return undefined;
	}
}

function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (cause) {
		return errnoOf(cause) === "EPERM";
	}
}

/** Numbers of processes are used again; a number with its start is not. */
function startOf(pid: number): string | null {
	try {
		const text = readFileSync(`/proc/${pid}/stat`, "utf8");
		// The name before it may hold blanks and parentheses.
		return text.slice(text.lastIndexOf(")") + 2).split(" ")[19];
	} catch {
		return null;
	}
}

function inUse(folder: string, { pid, host }: Owner, isHere: boolean): DinosegError {
	const where = isHere ? "" : ` on ${host}`;
	return new DinosegError(
		"OUTPUT_IN_USE",
		`${folder}: another dinoseg (process ${pid}${where}) writes there now. Wait for it, or choose another output folder; if it runs no more, remove ${join(folder, LOCK_FILE)}.`,
		{ details: { folder, pid, host } },
	);
}

/** Remove temporary files of dead processes in a folder and below; links are not followed. */
async function removeLeftOvers(folder: string): Promise<void> {
	for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
		const path = join(folder, entry.name);
		const [, pid] = /^\.(\d+)-/.exec(entry.name) ?? [];
		if (entry.name.endsWith(TEMPORARY_SUFFIX) && pid !== undefined) {
			if (Number(pid) !== process.pid && !isRunning(Number(pid))) {
				await rm(path, { recursive: true, force: true }).catch(() => undefined);
			}
		} else if (entry.isDirectory() && !entry.name.startsWith(".")) {
			await removeLeftOvers(path);
		}
	}
}

/**
 * Remove all temporary files in a folder, those of processes that run too.
 *
 * @param folder in which nobody else writes.
 */
export async function removeTemporaries(folder: string): Promise<void> {
	for (const name of await readdir(folder).catch(() => [])) {
		if (name.endsWith(TEMPORARY_SUFFIX)) {
			await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
		}
	}
}

/** Remove a lock unless another process has it now. */
function removeQuietly(path: string, text: string): void {
	try {
		if (readFileSync(path, "utf8") === text) {
			unlinkSync(path);
		}
	} catch {
		// Gone already.
	}
}
