export { type CacheFolderOptions, cacheFolder } from "./cache-folder.ts";
export { createTokenCache, DEFAULT_CACHE_BYTES, type TokenCache, type TokenCacheOptions } from "./token-cache.ts";
export {
	type NetworkKeyParts,
	type PositionBiasKeyParts,
	positionBiasKey,
	type TokenKeyParts,
	tokenKey,
} from "./token-key.ts";
