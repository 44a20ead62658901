import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { DinosegError, optionName } from "@dinoseg/core/errors";
import { unwritable } from "@dinoseg/node/files";
import { extract, pack } from "tar-stream";
import type { SealedFile } from "./manifest-line.ts";

/** What ends a tar: two blocks of zeros. */
const TRAILER = Buffer.alloc(1024);

/** Where an output lies in a tar, bytes. */
export interface TarPlace {
	readonly start: number;
	readonly end: number;
}

/** A tar that outputs are added to, each whole or not at all. */
export interface TarFile extends AsyncDisposable {
	/**
	 * Add files. They are on the disk when this ends; of calls at the same time one waits for the other.
	 *
	 * @param files bytes by name. The same files give the same bytes: they have no time and no owner.
	 * @throws DinosegError OUTPUT_UNWRITABLE; the tar is what it was
	 */
	append(files: ReadonlyMap<string, Uint8Array>): Promise<TarPlace>;
}

/**
 * Open a tar, to be added to.
 *
 * Convention: POSIX.1-2001 (pax). An output that was made anew is in it twice; the later one counts, as for all programs
 * that extract a tar.
 *
 * @param end where the last whole output ends; what follows, of a process that was killed, is removed.
 * @throws DinosegError MANIFEST_INVALID if the file is shorter, OUTPUT_UNWRITABLE
 */
export async function openTar(path: string, end: number): Promise<TarFile> {
	let file: FileHandle;
	let at = end;
	try {
		file = await open(path, constants.O_RDWR | constants.O_CREAT);
	} catch (cause) {
		throw unwritable(path, cause);
	}
	const cut = async () => {
		await file.truncate(at);
		await file.write(TRAILER, 0, TRAILER.length, at);
	};
	try {
		const { size } = await file.stat();
		if (size < end) {
			throw new DinosegError(
				"MANIFEST_INVALID",
				`${path}: has ${size} bytes, and its manifest tells of ${end}. Bring the whole file back, or begin anew with ${optionName("force")}.`,
				{ details: { path, size, expected: end } },
			);
		}
		await cut();
	} catch (cause) {
		await file.close();
		throw cause instanceof DinosegError ? cause : unwritable(path, cause);
	}
	const append = async (files: ReadonlyMap<string, Uint8Array>): Promise<TarPlace> => {
		const bytes = Buffer.concat([await entriesOf(files), TRAILER]);
		try {
			await file.write(bytes, 0, bytes.length, at);
			await file.datasync();
		} catch (cause) {
			await cut().catch(() => undefined);
			throw unwritable(path, cause);
		}
		const start = at;
		at += bytes.length - TRAILER.length;
		return { start, end: at };
	};
	let last: Promise<unknown> = Promise.resolve();
	return {
		append(files) {
			const appending = last.then(() => append(files));
			last = appending.catch(() => undefined);
			return appending;
		},
		async [Symbol.asyncDispose]() {
			await last;
			await file.close();
		},
	};
}

/** Whether an output in a tar is what its line says: not if it cannot be read. */
export async function isSameInTar(
	path: string,
	{ start, end }: TarPlace,
	files: Readonly<Record<string, SealedFile>>,
): Promise<boolean> {
	try {
		await using file = await open(path, "r");
		const bytes = Buffer.alloc(end - start);
		await file.read(bytes, 0, bytes.length, start);
		const found = await sealEntries(bytes);
		return Object.entries(files).every(([name, [size, sha256]]) => {
			const sealed = found.get(name);
			return sealed?.[0] === size && sealed[1] === sha256;
		});
	} catch {
		return false;
	}
}

/** Size and sha256 of bytes. */
export function sealBytes(bytes: Uint8Array): SealedFile {
	return [bytes.length, createHash("sha256").update(bytes).digest("hex")];
}

/** Files as the blocks of a tar, without its end. */
async function entriesOf(files: ReadonlyMap<string, Uint8Array>): Promise<Buffer> {
	const packing = pack();
	for (const [name, bytes] of files) {
		packing.entry(
			{ name, size: bytes.length, mtime: new Date(0) },
			Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
		);
	}
	packing.finalize();
	const bytes = await buffer(packing);
	return bytes.subarray(0, bytes.length - TRAILER.length);
}

/** Size and sha256 of the files in blocks of a tar, by their last name: they lie in one folder. */
async function sealEntries(bytes: Buffer): Promise<Map<string, SealedFile>> {
	const found = new Map<string, SealedFile>();
	const extracting = extract();
	extracting.end(Buffer.concat([bytes, TRAILER]));
	for await (const entry of extracting) {
		found.set(entry.header.name.slice(entry.header.name.lastIndexOf("/") + 1), sealBytes(await buffer(entry)));
	}
	return found;
}
