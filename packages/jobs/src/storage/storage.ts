/** An object of a storage. */
export interface StoredObject {
	/** Its name below the root of the storage, with forward slashes. */
	readonly key: string;
	/** Bytes. */
	readonly size: number;
}

/**
 * A place for files that many machines see: a folder, or a prefix of a bucket.
 *
 * Convention: keys are paths with forward slashes that never leave the root: others are refused with OPTION_INVALID.
 * Everybody sees an object whole or not at all, and what `put` wrote survives once it has ended.
 */
export interface Storage extends AsyncDisposable {
	/** Its root: an absolute path, or `s3://bucket/prefix`. */
	readonly uri: string;
	/**
	 * Read an object.
	 *
	 * @returns nothing where there is none.
	 * @throws DinosegError STORAGE_*, INPUT_UNREADABLE above `maxBytes`, ABORTED
	 */
	get(key: string, options?: ReadOptions): Promise<Uint8Array | undefined>;
	/** Its size, or nothing where there is none. @throws DinosegError STORAGE_* */
	size(key: string): Promise<number | undefined>;
	/** Write an object; one that is there is replaced. @throws DinosegError STORAGE_*, OUTPUT_UNWRITABLE, ABORTED */
	put(key: string, content: Uint8Array, signal?: AbortSignal): Promise<void>;
	/** All objects whose key begins with a prefix, some at a time, in any order. @throws DinosegError STORAGE_* */
	list(prefix: string): AsyncIterable<readonly StoredObject[]>;
	/** Remove objects; those that are not there are gone already. @throws DinosegError STORAGE_*, OUTPUT_UNWRITABLE */
	remove(keys: readonly string[]): Promise<void>;
}

export interface ReadOptions {
	/** @default no limit */
	readonly maxBytes?: number;
	readonly signal?: AbortSignal;
}
