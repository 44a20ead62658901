import { open } from "node:fs/promises";

/** See that the names in a folder are on the disk, where the system knows that. */
export async function syncFolder(folder: string): Promise<void> {
	const file = await open(folder, "r").catch(() => undefined);
	try {
		await file?.sync();
	} catch {
		// Windows has no such thing.
	} finally {
		await file?.close();
	}
}
