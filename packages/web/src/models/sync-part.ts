import type { PartFile } from "@dinoseg/core/hub";
import { storageFailure } from "./storage-failures.ts";

/** A part that is open in this worker, and in no other. */
export interface OpenPart extends PartFile {
	close(): void;
}

const LET_GO_TRIES = 20;
const LET_GO_MS = 100;
const STEP_BYTES = 1e6;
/** Between them the worker hears whether it is to stop: reading is synchronous, and a large part takes seconds. */
const READS_AT_ONCE = 16;

/**
 * Open a file for reading and writing.
 *
 * @param model to name it in messages.
 * @param bytes that it is to have in the end.
 * @throws DinosegError CACHE_UNWRITABLE
 */
export async function openPart(file: FileSystemFileHandle, model: string, bytes: number): Promise<OpenPart> {
	const handle = await openHandle(file).catch((cause) => {
		throw storageFailure(model, cause, bytes);
	});
	const guard = async <T>(act: () => T): Promise<T> => {
		try {
			return act();
		} catch (cause) {
			throw storageFailure(model, cause, bytes - handle.getSize());
		}
	};
	let reads = 0;
	return {
		size: () => guard(() => handle.getSize()),
		write: (data, at) =>
			guard(() => {
				for (let written = 0; written < data.length; ) {
					written += handle.write(data.subarray(written), { at: at + written });
				}
			}),
		read: async (buffer, at) => {
			reads++;
			if (reads % READS_AT_ONCE === 0) {
				await new Promise((resolve) => setTimeout(resolve));
			}
			return guard(() => handle.read(buffer, { at }));
		},
		empty: () => guard(() => handle.truncate(0)),
		flush: () => guard(() => handle.flush()),
		close: () => handle.close(),
	};
}

/**
 * How many bytes a file may grow to, of as many as are needed. What `navigator.storage.estimate` says is no answer:
 * Chromium speaks of 10 GiB, or of the whole disk, whatever there is.
 *
 * @returns the number that is needed, or less, to a megabyte.
 */
export async function roomIn(file: FileSystemFileHandle, needed: number): Promise<number> {
	const handle = await openHandle(file);
	const fits = (bytes: number): boolean => {
		try {
			handle.truncate(bytes);
			return true;
		} catch {
			return false;
		}
	};
	try {
		let [room, tooMuch] = fits(needed) ? [needed, needed] : [0, needed];
		while (tooMuch - room > STEP_BYTES) {
			const middle = Math.floor((room + tooMuch) / 2);
			[room, tooMuch] = fits(middle) ? [middle, tooMuch] : [room, middle];
		}
		return room;
	} finally {
		handle.close();
	}
}

/** A tab that was closed a moment ago may not have let go of the file yet. */
async function openHandle(file: FileSystemFileHandle): Promise<FileSystemSyncAccessHandle> {
	for (let tries = 1; ; tries++) {
		try {
			return await file.createSyncAccessHandle();
		} catch (error) {
			if ((error as Error).name !== "NoModificationAllowedError" || tries === LET_GO_TRIES) {
				throw error;
			}
			await new Promise((resolve) => setTimeout(resolve, LET_GO_MS));
		}
	}
}
