import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { removeEmptyFolders } from "./folders.ts";

/** Where whatever writes notes its half-written files. */
export interface TemporaryNotes {
	/** Name a new temporary file or folder in the folder of `target`, and remember it. Nothing is created. */
	reserve(target: string): string;
	/** Forget a file that was renamed or removed. */
	release(path: string): void;
}

/** The temporary files that one command has on disk now: a handler of an interrupt can remove what would be left lying. */
export interface TemporaryFiles extends TemporaryNotes {
	/** Remember the files of another thread too, as it tells them (`tellTemporaryNotes`), until the port is closed. */
	follow(port: NotePort): void;
	/** Remember that `folder` was created, with its parents from `created` on, until `keepFolder`. */
	rememberFolder(folder: string, created: string): void;
	keepFolder(folder: string): void;
	/**
	 * Remove every remembered file or folder, and created folders that are empty then. Synchronous: a signal handler cannot
	 * wait. Never throws.
	 */
	removeAll(): void;
}

/** Ends the name of every temporary file of this package. */
export const TEMPORARY_SUFFIX = ".dinoseg-tmp";

/** In which a file or folder that the system was asked for is created, also on a busy machine. */
const SETTLING_MS = 200;

export interface TemporaryFilesOptions {
	/** Called when there is something to clean up, and when there is nothing any more. */
	readonly onChange?: (hasFiles: boolean) => void;
}

/** What is used of a `MessagePort`: programs need no types of Node to compile against this package. */
export interface NotePort {
	on(event: "message", listener: (message: NoteMessage) => void): this;
	once(event: "close", listener: () => void): this;
	unref(): void;
}

/** What a thread tells of its temporary files. */
interface NoteMessage {
	readonly type: "reserve" | "release";
	readonly path: string;
}

/** The notes of this thread, told to the thread at the other end of a port: see `TemporaryFiles.follow`. */
export function tellTemporaryNotes(port: { postMessage(message: NoteMessage): void }): TemporaryNotes {
	const tell = (message: NoteMessage) => port.postMessage(message);
	return {
		reserve(target) {
			const path = temporaryPath(target);
			tell({ type: "reserve", path });
			return path;
		},
		release: (path) => tell({ type: "release", path }),
	};
}

/** A name for a temporary file or folder in the folder of `target`. The process in it tells later ones whose it was. */
function temporaryPath(target: string): string {
	// It does not contain the target's name, which may be the longest that a file system allows.
	return join(dirname(target), `.${process.pid}-${randomUUID()}${TEMPORARY_SUFFIX}`);
}

export function createTemporaryFiles({ onChange }: TemporaryFilesOptions = {}): TemporaryFiles {
	const paths = new Set<string>();
	const followed = new Set<NotePort>();
	const folders = new Map<string, string>();

	const remember = (path: string): void => {
		paths.add(path);
		if (paths.size === 1) {
			onChange?.(true);
		}
	};
	const release = (path: string): void => {
		if (paths.delete(path) && paths.size === 0) {
			onChange?.(false);
		}
	};
	const note = ({ type, path }: NoteMessage): void => (type === "reserve" ? remember(path) : release(path));
	/** What other threads told and no turn of the event loop has brought. */
	const catchUp = (): void => {
		for (const port of followed) {
			for (
				let told = receiveMessageOnPort(port as MessagePort);
				told;
				told = receiveMessageOnPort(port as MessagePort)
			) {
				note(told.message as NoteMessage);
			}
		}
	};

	return {
		reserve(target) {
			const path = temporaryPath(target);
			remember(path);
			return path;
		},
		release,
		follow(port) {
			followed.add(port);
			port.on("message", note).once("close", () => followed.delete(port));
			port.unref();
		},
		rememberFolder: (folder, created) => void folders.set(folder, created),
		keepFolder: (folder) => void folders.delete(folder),
		removeAll() {
			catchUp();
			removeEach(paths);
			// What other threads had begun to create comes into being.
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SETTLING_MS);
			catchUp();
			removeEach(paths);
			paths.clear();
			for (const [folder, created] of folders) {
				removeEmptyFolders(folder, created);
			}
			folders.clear();
		},
	};
}

function removeEach(paths: Iterable<string>): void {
	for (const path of paths) {
		try {
			rmSync(path, { force: true, recursive: true });
		} catch {
			// What cannot be removed stays; the others still go.
		}
	}
}
