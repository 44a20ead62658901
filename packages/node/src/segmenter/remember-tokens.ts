import type { TokenGrid } from "@dinoseg/core";
import type { TokenCache } from "../cache/index.ts";
import type { RecentMemory } from "./recent-memory.ts";

/** A token cache in front of which the last grids are kept in memory. They are shared: nobody may write to them. */
export function rememberTokens(cache: TokenCache, memory: RecentMemory<TokenGrid>): TokenCache {
	return {
		async get(key) {
			const known = memory.get(key) ?? (await cache.get(key));
			if (known !== undefined) {
				memory.set(key, known);
			}
			return known;
		},
		set(key, grid) {
			memory.set(key, grid);
			return cache.set(key, grid);
		},
	};
}

/** The same tokens in memory of their own. */
export function copyTokens(grid: TokenGrid): TokenGrid {
	return { ...grid, data: grid.data.slice(), norms: grid.norms.slice() };
}
