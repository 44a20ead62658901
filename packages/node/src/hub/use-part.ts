import { access, open } from "node:fs/promises";
import type { PartFile } from "@dinoseg/core/hub";
import { cacheFailure } from "./cache-layout.ts";

/**
 * Open a part as long as it is used.
 *
 * @throws DinosegError CACHE_NO_SPACE, CACHE_UNWRITABLE, and what `use` throws.
 */
export async function usePart(path: string, use: (part: PartFile) => Promise<void>): Promise<void> {
	const handle = await open(path, "r+").catch((cause) => {
		throw cacheFailure(path, cause);
	});
	const guard = async <T>(act: () => Promise<T>): Promise<T> => {
		try {
			return await act();
		} catch (cause) {
			throw cacheFailure(path, cause);
		}
	};
	try {
		await use({
			size: async () => (await handle.stat()).size,
			write: (bytes, at) =>
				guard(async () => {
					// A process that slept so long that another one took the part over finds it gone.
					await access(path);
					let written = 0;
					while (written < bytes.length) {
						written += (await handle.write(bytes, written, bytes.length - written, at + written)).bytesWritten;
					}
				}),
			read: async (buffer, at) => (await handle.read(buffer, 0, buffer.length, at)).bytesRead,
			empty: () => guard(() => handle.truncate(0)),
			flush: () => guard(() => handle.datasync()),
		});
	} finally {
		await handle.close();
	}
}
