import { mkdir, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { DinosegError } from "@dinoseg/core/errors";
import { type FileContent, type TemporaryFiles, unwritable, writeFileAtomically } from "@dinoseg/node/files";

export interface EntryStoreOptions {
	/** Of all entries. It must exist, and nobody else may write there. */
	readonly folder: string;
	/** The file without which an entry is not complete. */
	readonly markers: Readonly<Record<string, string>>;
	/** Bytes that all entries may take; the least recently used go first. */
	readonly maxBytes: number;
	/** After which an entry that nobody used goes, milliseconds. */
	readonly maxAgeMs: number;
	readonly temporaryFiles: TemporaryFiles;
	/** Milliseconds since 1970. */
	now(): number;
}

/** Folders of files on the disk, found by what they were made from. They go by age and by the size of all. */
export interface EntryStore {
	/** Bytes of all entries. */
	readonly bytes: number;
	/** Number of entries. */
	readonly count: number;
	/** Path of a file of an entry; undefined if it is not there. Counts as a use. */
	find(entry: string, file: string): Promise<{ readonly path: string; readonly bytes: number } | undefined>;
	/** The bytes of a small file of an entry; undefined if it is not there. Counts as a use. */
	read(entry: string, file: string): Promise<Uint8Array | undefined>;
	/** Write a file of an entry: it appears whole, or not at all. */
	write(entry: string, file: string, content: FileContent): Promise<void>;
	/** Give a file that lies beside the store to an entry, and write its marker. */
	adopt(entry: string, file: string, path: string, marker: FileContent): Promise<void>;
	/** Keep an entry however old and large it is, until the function that is returned is called. */
	hold(entry: string): () => void;
	remove(entry: string): Promise<void>;
	/** Remove what is too old, and above the limit of bytes what was used least recently. */
	sweep(): Promise<void>;
}

interface Entry {
	bytes: number;
	usedAtMs: number;
	holders: number;
}

/** Of a file system: what a small file takes. */
const BLOCK_BYTES = 4096;
/** Share of the limit that is left where it was exceeded, so that not every write has to make room. */
const SHARE_KEPT = 0.9;

/** Open a store, and remove what a process that was killed left incomplete. An entry is called `<kind>/<name>`. */
export async function openEntryStore(options: EntryStoreOptions): Promise<EntryStore> {
	const { folder, markers, maxBytes, maxAgeMs, temporaryFiles, now } = options;
	const entries = new Map<string, Entry>();
	const queues = new Map<string, Promise<void>>();
	let total = 0;

	const add = (name: string, bytes: number, usedAtMs: number): Entry => {
		const entry = entries.get(name) ?? { bytes: 0, usedAtMs, holders: 0 };
		entry.bytes += bytes;
		entry.usedAtMs = usedAtMs;
		total += bytes;
		entries.set(name, entry);
		return entry;
	};

	const markerOf = (name: string): string => markers[name.split("/")[0]];

	/** What is done to an entry is done one after the other. */
	const alone = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
		const before = queues.get(name);
		const own = (before ?? Promise.resolve()).then(work);
		const settled = own.then(
			() => undefined,
			() => undefined,
		);
		queues.set(name, settled);
		try {
			return await own;
		} finally {
			if (queues.get(name) === settled) {
				queues.delete(name);
			}
		}
	};

	/** @param isWanted looked at when nothing else is done to the entry. */
	const remove = (name: string, isWanted: () => boolean): Promise<void> =>
		alone(name, async () => {
			if (!isWanted()) {
				return;
			}
			total -= entries.get(name)?.bytes ?? 0;
			entries.delete(name);
			const path = join(folder, name);
			// The marker first: an entry that is half removed when the process is killed is not complete.
			await rm(join(path, markerOf(name)), { force: true });
			await rm(path, { recursive: true, force: true });
		});

	const sweep = async (): Promise<void> => {
		const free = [...entries].filter(([, { holders }]) => holders === 0);
		const byUse = free.sort(([, a], [, b]) => a.usedAtMs - b.usedAtMs);
		const allowed = total > maxBytes ? SHARE_KEPT * maxBytes : maxBytes;
		for (const [name, entry] of byUse) {
			if (total <= allowed && now() - entry.usedAtMs <= maxAgeMs) {
				return;
			}
			// Somebody may want it by now.
			await remove(name, () => entries.get(name) === entry && entry.holders === 0);
		}
	};

	const makeRoom = async (name: string): Promise<void> => {
		if (total > maxBytes) {
			const release = hold(name);
			await sweep().finally(release);
		}
	};

	const hold = (name: string): (() => void) => {
		const entry = entries.get(name) ?? add(name, 0, now());
		entry.holders += 1;
		let isHeld = true;
		return () => {
			entry.holders -= isHeld ? 1 : 0;
			isHeld = false;
			// Held for something that did not come to be.
			if (entry.holders === 0 && entry.bytes === 0 && entries.get(name) === entry) {
				entries.delete(name);
			}
		};
	};

	/** @returns false if there is no such entry any more. */
	const use = (name: string): boolean => {
		const entry = entries.get(name);
		if (entry !== undefined) {
			entry.usedAtMs = now();
			const used = new Date(entry.usedAtMs);
			// So that it is known after a restart too. What was removed meanwhile needs no time.
			utimes(join(folder, name, markerOf(name)), used, used).catch(() => undefined);
		}
		return entry !== undefined;
	};

	/** Bytes that a file takes of the disk. */
	const sizeOf = (path: string): Promise<number> =>
		stat(path).then(
			({ size }) => Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES,
			() => 0,
		);

	/** Have something written to a file of an entry. */
	const put = async (name: string, file: string, write: (path: string) => Promise<void>): Promise<void> => {
		const path = join(folder, name, file);
		const before = await sizeOf(path);
		try {
			await mkdir(join(folder, name), { recursive: true });
			await write(path);
		} catch (cause) {
			throw cause instanceof DinosegError ? cause : unwritable(path, cause);
		}
		add(name, (await sizeOf(path)) - before, now());
	};

	for (const [kind, marker] of Object.entries(markers)) {
		await mkdir(join(folder, kind), { recursive: true });
		for (const { name } of await readdir(join(folder, kind), { withFileTypes: true })) {
			const path = join(folder, kind, name);
			const files = await readdir(path).catch((): string[] => []);
			const sizes = await Promise.all(files.map((file) => sizeOf(join(path, file))));
			if (files.includes(marker)) {
				const { mtimeMs } = await stat(join(path, marker));
				add(
					`${kind}/${name}`,
					sizes.reduce((sum, size) => sum + size, 0),
					mtimeMs,
				);
			} else {
				await rm(path, { recursive: true, force: true });
			}
		}
	}
	await sweep();

	return {
		get bytes() {
			return total;
		},
		get count() {
			return entries.size;
		},
		async find(name, file) {
			const path = join(folder, name, file);
			const found = await stat(path).catch(() => undefined);
			return found && use(name) ? { path, bytes: found.size } : undefined;
		},
		async read(name, file) {
			const bytes = await readFile(join(folder, name, file)).catch(() => undefined);
			return bytes && use(name) ? bytes : undefined;
		},
		async write(name, file, content) {
			await alone(name, () => put(name, file, (path) => writeFileAtomically(path, content, temporaryFiles)));
			await makeRoom(name);
		},
		async adopt(name, file, from, marker) {
			await alone(name, async () => {
				await put(name, file, async (path) => {
					await rename(from, path);
					temporaryFiles.release(from);
				});
				await put(name, markerOf(name), (path) => writeFileAtomically(path, marker, temporaryFiles));
			});
			await makeRoom(name);
		},
		hold,
		remove: (name) => remove(name, () => true),
		sweep,
	};
}
