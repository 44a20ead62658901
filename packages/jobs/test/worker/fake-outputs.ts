import { createHash } from "node:crypto";
import type { DoneLine, OpenRun, QueuedItem, Storage } from "@dinoseg/jobs";

/** Outputs of one file each, in memory. */
export interface FakeOutputs {
	readonly storage: Storage;
	/** Paths of the items that were made, one entry each time. */
	readonly made: string[];
	/** @param before called before an output is made; what it throws makes it fail. */
	open(before?: (item: QueuedItem) => unknown): OpenRun;
}

const bytesOf = (path: string) => new TextEncoder().encode(`output of ${path}`);

/** @param name tells the storage from other ones. */
export function createFakeOutputs(name = "out"): FakeOutputs {
	const storage = memoryStorage(`/${name}`);
	const made: string[] = [];
	return {
		storage,
		made,
		open: (before) => ({
			storage,
			async work({ path }: QueuedItem) {
				await before?.({ path, source: `/in/${path}` });
				made.push(path);
				const bytes = bytesOf(path);
				await storage.put(`${path}/marker`, bytes);
				const sha256 = createHash("sha256").update(bytes).digest("hex");
				return { mark: bytes.length, files: { marker: [bytes.length, sha256] }, facts: {} };
			},
			async clear() {},
			isThere: async ({ path, mark }: DoneLine) => (await storage.size(`${path}/marker`)) === mark,
			async isSame({ path }: DoneLine) {
				const bytes = await storage.get(`${path}/marker`);
				return bytes !== undefined && Buffer.from(bytes).equals(bytesOf(path));
			},
			async [Symbol.asyncDispose]() {},
		}),
	};
}

/** Without a disk, which takes its time to be sure. */
function memoryStorage(uri: string): Storage {
	const objects = new Map<string, Uint8Array>();
	return {
		uri,
		get: async (key) => objects.get(key),
		size: async (key) => objects.get(key)?.length,
		async put(key, content) {
			objects.set(key, content);
		},
		async *list(prefix) {
			const found = [...objects].filter(([key]) => key.startsWith(prefix));
			yield found.map(([key, { length: size }]) => ({ key, size }));
		},
		async remove(keys) {
			for (const key of keys) {
				objects.delete(key);
			}
		},
		async [Symbol.asyncDispose]() {},
	};
}
