import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { join } from "node:path";
import { unwritable } from "@dinoseg/node/files";
import { type DoneLine, type ManifestLine, manifestInvalid, parseManifestLine, peekDone } from "./manifest-line.ts";
import { hashPath } from "./path-hash.ts";
import { PathTable } from "./path-table.ts";
import { type FileLine, readLines } from "./read-lines.ts";

/** The lines of a shard, in its folder. */
export const MANIFEST_FILE = "manifest.jsonl";

/** What is known of an item from an earlier run. `changed`: its output is no more what its line says. */
export type KnownStatus = "done" | "bad" | "changed";

/** In the table: the mark of an item, or one of these. */
const BAD = -1;
const CHANGED = -2;

/** What was done of a shard so far, one line for each item, only ever added to. */
export interface Manifest extends AsyncDisposable {
	/** Items with a line. */
	readonly size: number;
	/** The largest mark of an item that is done; 0 without any. */
	readonly largestMark: number;
	/**
	 * What the manifest says of an item, or nothing.
	 *
	 * @param isThere whether the output of one that is done is there, by its mark.
	 */
	status(path: string, isThere: (mark: number) => boolean): KnownStatus | undefined;
	/** Add a line. It is on the disk when this ends. @throws DinosegError OUTPUT_UNWRITABLE */
	add(line: ManifestLine): Promise<void>;
}

/** What a manifest said when it was read. */
export interface ReadManifest {
	/** The run that its first line names; none where it has no line. */
	readonly run: string | undefined;
	readonly table: PathTable;
	/** Where its last whole line ends, bytes. */
	readonly end: number;
	/** As `Manifest.largestMark`. */
	readonly largestMark: number;
}

export interface ManifestOptions {
	/** The first line names it. */
	readonly run: string;
	/** What `readManifest` gave. @default begin anew: what it says, of this run or another one, is removed */
	readonly read?: ReadManifest | undefined;
}

/**
 * Open the manifest of a shard, to be added to. A half line at its end, of a process that was killed, is removed.
 *
 * @param folder of the shard: it exists, and its lock is held.
 * @throws DinosegError MANIFEST_INVALID if it is that of another run; OUTPUT_UNWRITABLE
 */
export async function openManifest(folder: string, { run, read }: ManifestOptions): Promise<Manifest> {
	const path = join(folder, MANIFEST_FILE);
	const { table = new PathTable(), end = 0, largestMark = 0 } = read ?? {};
	if (read?.run !== undefined && read.run !== run) {
		throw manifestInvalid(path, "is the manifest of another run");
	}
	let file: FileHandle;
	try {
		file = await open(path, "a");
		await file.truncate(end);
	} catch (cause) {
		throw unwritable(path, cause);
	}
	let last: Promise<void> = Promise.resolve();
	let written = end;
	const append = async (text: string): Promise<void> => {
		try {
			await file.appendFile(text);
			await file.datasync();
			written += Buffer.byteLength(text);
		} catch (cause) {
			// What a full disk took of it would break the next line.
			await file.truncate(written).catch(() => undefined);
			throw unwritable(path, cause);
		}
	};
	const manifest: Manifest = {
		get size() {
			return table.size;
		},
		largestMark,
		status(item, isThere) {
			const known = table.get(hashPath(item));
			if (known === undefined || known === BAD || known === CHANGED) {
				return known === undefined ? undefined : known === BAD ? "bad" : "changed";
			}
			return isThere(known) ? "done" : undefined;
		},
		add(line) {
			const adding = last.then(() => append(`${JSON.stringify(line)}\n`));
			// A line that failed does not hold up the next one.
			last = adding.catch(() => undefined);
			return adding;
		},
		async [Symbol.asyncDispose]() {
			await last;
			await file.close();
		},
	};
	if (end === 0) {
		await manifest.add({ status: "run", run });
	}
	return manifest;
}

/**
 * Read what the manifest of a shard says of its items.
 *
 * @param folder of the shard: its lock is held, so that it stays what it is.
 * @param verify whether the output of a line is still what the line says. Default: not looked at.
 * @throws DinosegError MANIFEST_INVALID if the file is no manifest
 */
export async function readManifest(
	folder: string,
	verify?: (line: DoneLine) => Promise<boolean>,
): Promise<ReadManifest> {
	const path = join(folder, MANIFEST_FILE);
	const table = new PathTable();
	let run: string | undefined;
	let [end, largestMark, number] = [0, 0, 0];
	const take = async (line: ManifestLine): Promise<void> => {
		if (line.status === "run") {
			run = line.run;
		} else if (run === undefined) {
			throw manifestInvalid(path, "does not say which run it is of");
		} else if (line.status === "done") {
			const isSame = verify === undefined || (await verify(line));
			largestMark = Math.max(largestMark, line.mark);
			table.set(hashPath(line.path), isSame ? line.mark : CHANGED);
		} else if (line.status === "bad") {
			table.set(hashPath(line.path), BAD);
		}
	};
	for await (const lines of linesOf(path)) {
		for (const line of lines) {
			number += 1;
			const known = verify === undefined && run !== undefined ? peekDone(line.bytes) : undefined;
			if (known === undefined) {
				await take(parseManifestLine(line.bytes.toString(), `${path}, line ${number}`));
			} else {
				largestMark = Math.max(largestMark, known.mark);
				table.set(hashPath(known.path), known.mark);
			}
			end = line.end;
		}
	}
	return { run, table, end, largestMark };
}

/**
 * The lines of a manifest, none where there is no file.
 *
 * @throws DinosegError MANIFEST_INVALID
 */
export async function* manifestLines(path: string): AsyncGenerator<ManifestLine> {
	let number = 0;
	for await (const lines of linesOf(path)) {
		for (const { bytes } of lines) {
			number += 1;
			yield parseManifestLine(bytes.toString(), `${path}, line ${number}`);
		}
	}
}

/** The lines of a file, none where there is no file. */
async function* linesOf(path: string): AsyncGenerator<FileLine[]> {
	if ((await stat(path).catch(() => undefined)) !== undefined) {
		yield* readLines(path);
	}
}

/**
 * The files of an output that are not what its line says, by name: other bytes, or none.
 *
 * @param folder of the output.
 */
export async function changedFiles(folder: string, { files }: DoneLine): Promise<string[]> {
	const changed: string[] = [];
	for (const [name, [size, sha256]] of Object.entries(files)) {
		const sealed = await sealFile(join(folder, name), false).catch(() => undefined);
		if (sealed?.[0] !== size || sealed[1] !== sha256) {
			changed.push(name);
		}
	}
	return changed;
}

/**
 * Size and sha256 of a file as it can be read.
 *
 * @param syncs see that its bytes are on the disk first.
 */
export async function sealFile(path: string, syncs: boolean): Promise<readonly [size: number, sha256: string]> {
	if (syncs) {
		await using file = await open(path, "r");
		await file.sync();
	}
	const hash = createHash("sha256");
	let size = 0;
	for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
		hash.update(chunk);
		size += chunk.length;
	}
	return [size, hash.digest("hex")];
}
