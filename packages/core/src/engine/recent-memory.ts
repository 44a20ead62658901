import type { TokenGrid } from "../tensor/index.ts";
import type { TokenStore } from "./ports.ts";

/** The values that were used last, up to a number of bytes. */
export interface RecentMemory<T> {
	get(key: string): T | undefined;
	/** Keep a value, and drop the least recently used ones above the limit. One larger than that is not kept. */
	set(key: string, value: T): void;
}

export function createRecentMemory<T>(bytesOf: (value: T) => number, maxBytes: number): RecentMemory<T> {
	// A map lists its entries in the order in which they were set.
	const entries = new Map<string, T>();
	let total = 0;

	const drop = (key: string): void => {
		const entry = entries.get(key);
		if (entry !== undefined) {
			entries.delete(key);
			total -= bytesOf(entry);
		}
	};
	const keep = (key: string, value: T): void => {
		entries.set(key, value);
		total += bytesOf(value);
	};

	return {
		get(key) {
			const entry = entries.get(key);
			if (entry !== undefined) {
				drop(key);
				keep(key, entry);
			}
			return entry;
		},
		set(key, value) {
			drop(key);
			keep(key, value);
			for (const oldest of entries.keys()) {
				if (total <= maxBytes) {
					break;
				}
				drop(oldest);
			}
		},
	};
}

/** A store in front of which the last grids are kept in memory. They are shared: nobody may write to them. */
export function rememberTokens(store: TokenStore | undefined, memory: RecentMemory<TokenGrid>): TokenStore {
	return {
		async get(key) {
			const known = memory.get(key) ?? (await store?.get(key));
			if (known !== undefined) {
				memory.set(key, known);
			}
			return known;
		},
		async set(key, grid) {
			memory.set(key, grid);
			return store?.set(key, grid);
		},
	};
}
