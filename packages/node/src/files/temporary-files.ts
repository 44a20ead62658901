import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The temporary files that one command has on disk now.
 *
 * Passed to whatever writes, so that a handler of an interrupt can remove what would be left lying.
 */
export interface TemporaryFiles {
	/** Name a new temporary file or folder in the folder of `target`, and remember it. Nothing is created. */
	reserve(target: string): string;
	/** Forget a file that was renamed or removed. */
	release(path: string): void;
	/** Remove every remembered file or folder, synchronously, because a signal handler cannot wait. Never throws. */
	removeAll(): void;
}

/** Ends the name of every temporary file of this package. */
export const TEMPORARY_SUFFIX = ".dinoseg-tmp";

/** In which a file or folder that the system was asked for is created. */
const SETTLING_MS = 50;

export interface TemporaryFilesOptions {
	/** Called when there is something to clean up, and when there is nothing any more. */
	readonly onChange?: (hasFiles: boolean) => void;
}

export function createTemporaryFiles({ onChange }: TemporaryFilesOptions = {}): TemporaryFiles {
	const paths = new Set<string>();
	return {
		reserve(target) {
			// The name does not contain the target's, which may have the longest name that a file system allows.
			const path = join(dirname(target), `.${randomUUID()}${TEMPORARY_SUFFIX}`);
			paths.add(path);
			if (paths.size === 1) {
				onChange?.(true);
			}
			return path;
		},
		release(path) {
			if (paths.delete(path) && paths.size === 0) {
				onChange?.(false);
			}
		},
		removeAll() {
			removeEach(paths);
			// Nothing new begins while this thread waits, but what other threads had begun to create comes into being.
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SETTLING_MS);
			removeEach(paths);
			paths.clear();
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
