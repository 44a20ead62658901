import { createHash } from "node:crypto";
import type { ChunkOutputs, DoneLine, OpenRun, QueuedItem, SealedFile, Storage } from "@dinoseg/jobs";

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
			openChunk: () => ({
				async work({ path }) {
					await before?.({ path, source: `/in/${path}` });
					made.push(path);
					const bytes = bytesOf(path);
					await storage.put(`${path}/marker`, bytes);
					const sha256 = createHash("sha256").update(bytes).digest("hex");
					return { mark: bytes.length, files: { marker: [bytes.length, sha256] }, facts: {} };
				},
				async clear() {},
				isThere: async ({ path, mark }) => (await storage.size(`${path}/marker`)) === mark,
				async isSame({ path }) {
					const bytes = await storage.get(`${path}/marker`);
					return bytes !== undefined && Buffer.from(bytes).equals(bytesOf(path));
				},
				seal: async (lines) => lines,
			}),
			async [Symbol.asyncDispose]() {},
		}),
	};
}

/** Outputs that the items of a chunk have in common: the paths of all in one object, which is named by what it holds. */
export function createJoinedOutputs(name = "out"): FakeOutputs {
	const storage = memoryStorage(`/${name}`);
	const made: string[] = [];
	const openChunk = (left: readonly DoneLine[], before?: (item: QueuedItem) => unknown): ChunkOutputs => {
		const paths = new Set<string>();
		const take = async (): Promise<boolean> => {
			const joined = await readJoined(storage, left);
			for (const path of joined ?? []) {
				paths.add(path);
			}
			return joined !== undefined;
		};
		return {
			async work(item) {
				await before?.(item);
				made.push(item.path);
				paths.add(item.path);
				return { mark: 0, files: {}, facts: {} };
			},
			async clear() {},
			isThere: take,
			isSame: take,
			async seal(lines) {
				const bytes = new TextEncoder().encode([...paths].sort().join("\n"));
				const seal: SealedFile = [bytes.length, createHash("sha256").update(bytes).digest("hex")];
				await storage.put(`joined/${seal[1]}`, bytes);
				const there = lines.filter(({ path }) => paths.has(path));
				return there.map((line) => ({ ...line, mark: bytes.length, files: { [`joined/${seal[1]}`]: seal } }));
			},
		};
	};
	return {
		storage,
		made,
		open: (before) => ({
			storage,
			openChunk: (lines) => openChunk(lines, before),
			async [Symbol.asyncDispose]() {},
		}),
	};
}

/** The paths in the object of some lines, if it is there and of just these. */
export async function readJoined(storage: Storage, lines: readonly DoneLine[]): Promise<string[] | undefined> {
	const keys = new Set(lines.flatMap(({ files }) => Object.keys(files)));
	const [key = ""] = keys;
	const bytes = keys.size === 1 ? await storage.get(key) : undefined;
	const paths = bytes && new TextDecoder().decode(bytes).split("\n");
	return paths?.length === lines.length ? paths : undefined;
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
