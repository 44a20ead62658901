import type { Warning } from "@dinoseg/core";
import { decodeTokenFile, encodeTokenFile, type TokenStore } from "@dinoseg/core/engine";
import { digest } from "../digest.ts";

/** Bytes that tokens may take of what the browser gives an origin. */
const MAX_BYTES = 2 ** 28;
/** Share of the limit that is left when it was exceeded, so that not every write has to remove something. */
const SHARE_KEPT = 0.9;
const FOLDERS = ["dinoseg", "tokens"];

/**
 * Token grids in the files that a browser keeps for an origin (OPFS), found by what they were made from. The oldest go
 * first above {@link MAX_BYTES}; damaged ones are removed. For a worker, which alone may write to such files.
 *
 * @returns undefined where the browser keeps none, as in some private windows.
 */
export async function openTokenStore(): Promise<TokenStore | undefined> {
	let folder: FileSystemDirectoryHandle;
	try {
		folder = await navigator.storage.getDirectory();
		for (const name of FOLDERS) {
			folder = await folder.getDirectoryHandle(name, { create: true });
		}
	} catch {
		return undefined;
	}
	return {
		async get(key) {
			try {
				const file = await (await folder.getFileHandle(key)).getFile();
				const grid = await decodeTokenFile(new Uint8Array(await file.arrayBuffer()), digest);
				if (grid === undefined) {
					await folder.removeEntry(key);
				}
				return grid;
			} catch {
				return undefined;
			}
		},
		async set(key, grid) {
			try {
				const bytes = await encodeTokenFile(grid, digest);
				await makeRoom(folder, bytes.length);
				await write(folder, key, bytes);
				return undefined;
			} catch (cause) {
				// Another tab writes the same.
				return (cause as Error).name === "NoModificationAllowedError" ? undefined : unusable(cause);
			}
		},
	};
}

async function write(folder: FileSystemDirectoryHandle, name: string, bytes: Uint8Array): Promise<void> {
	const file = await folder.getFileHandle(name, { create: true });
	const access = await file.createSyncAccessHandle();
	try {
		access.truncate(0);
		access.write(bytes as Uint8Array<ArrayBuffer>, { at: 0 });
		access.flush();
	} finally {
		access.close();
	}
}

/** Remove the oldest files if there is no room for some more bytes. */
async function makeRoom(folder: FileSystemDirectoryHandle, needed: number): Promise<void> {
	const files: File[] = [];
	for await (const entry of folder.values()) {
		if (entry.kind === "file") {
			files.push(await (entry as FileSystemFileHandle).getFile());
		}
	}
	let total = files.reduce((sum, { size }) => sum + size, needed);
	if (total <= MAX_BYTES) {
		return;
	}
	files.sort((a, b) => a.lastModified - b.lastModified || (a.name < b.name ? -1 : 1));
	for (const { name, size } of files) {
		if (total <= SHARE_KEPT * MAX_BYTES) {
			return;
		}
		// Another tab may write to it.
		await folder.removeEntry(name).catch(() => undefined);
		total -= size;
	}
}

function unusable(cause: unknown): Warning {
	return {
		code: "CACHE_UNUSABLE",
		message:
			`The browser cannot keep tokens (${(cause as Error).message}): they are computed anew when the page is loaded ` +
			"again. Free some space, or remove a model.",
	};
}
