export { type CacheFolderOptions, cacheFolder } from "./cache-folder.ts";
export { createTokenCache, DEFAULT_CACHE_BYTES, type TokenCacheOptions } from "./token-cache.ts";
