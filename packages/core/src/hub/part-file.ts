/**
 * The file in which a download grows. File handles of Node fit behind it, and synchronous access handles of a browser's
 * own file system.
 */
export interface PartFile {
	/** Bytes in it. */
	size(): Promise<number>;
	/**
	 * Write all of the bytes from a position on.
	 *
	 * @throws DinosegError CACHE_NO_SPACE, CACHE_UNWRITABLE
	 */
	write(bytes: Uint8Array, at: number): Promise<void>;
	/** Fill a buffer with the bytes from a position on. @returns how many there were. */
	read(buffer: Uint8Array, at: number): Promise<number>;
	/** Remove all bytes. */
	empty(): Promise<void>;
	/** Have all bytes on the disk. */
	flush(): Promise<void>;
}
