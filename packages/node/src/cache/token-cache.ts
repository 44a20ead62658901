import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { Warning } from "@dinoseg/core";
import { decodeTokenFile, encodeTokenFile, type TokenStore } from "@dinoseg/core/engine";
import type { TokenGrid } from "@dinoseg/core/tensor";
import { errnoOf } from "../files/errno.ts";
import { createTemporaryFiles, TEMPORARY_SUFFIX, type TemporaryNotes } from "../files/temporary-files.ts";

export interface TokenCacheOptions {
	/** The folder of all of dinoseg's caches; tokens lie in `tokens/` below it. Created when first written to. */
	readonly folder: string;
	/** Bytes that the cache may take. @default 2 GiB */
	readonly maxBytes?: number;
	/** Where half-written files are noted. @default a list of its own */
	readonly temporaryFiles?: TemporaryNotes;
	/** Milliseconds since 1970: when a file was last used. @default Date.now */
	readonly now?: () => number;
}

export const DEFAULT_CACHE_BYTES = 2 * 2 ** 30;

const FILE_SUFFIX = ".tokens";
/** Writes after which the folder is measured again, because other processes write to it too. */
const WRITES_PER_SCAN = 32;
/** Share of the limit that is left when it was exceeded, so that the folder is not measured at every write. */
const SHARE_KEPT = 0.9;
/** A temporary file older than this belongs to a process that has died. */
const STALE_AFTER_MS = 3_600_000;

interface CacheEntry {
	readonly path: string;
	readonly bytes: number;
	readonly usedAtMs: number;
}

/**
 * Token grids on disk, found by what they were made from. Safe to share between processes.
 *
 * Damaged files are removed. Above the limit the least recently used grids go.
 */
export function createTokenCache(options: TokenCacheOptions): TokenStore {
	const { maxBytes = DEFAULT_CACHE_BYTES, temporaryFiles = createTemporaryFiles(), now = Date.now } = options;
	const folder = join(options.folder, "tokens");
	let knownBytes = 0;
	let writesUntilScan = 0;

	const pathOf = (key: string): string => join(folder, `${key}${FILE_SUFFIX}`);

	async function get(key: string): Promise<TokenGrid | undefined> {
		const path = pathOf(key);
		let bytes: Uint8Array;
		try {
			bytes = await readFile(path);
		} catch {
			return undefined;
		}
		const grid = await decodeTokenFile(bytes, sha256);
		const used = now() / 1000;
		await (grid === undefined ? rm(path, { force: true }) : utimes(path, used, used)).catch(ignore);
		return grid;
	}

	async function set(key: string, grid: TokenGrid): Promise<Warning | undefined> {
		const path = pathOf(key);
		const temporary = temporaryFiles.reserve(path);
		try {
			await mkdir(folder, { recursive: true });
			const bytes = await writeWhole(temporary, await encodeTokenFile(grid, sha256), now() / 1000);
			await rename(temporary, path);
			knownBytes += bytes;
			writesUntilScan--;
			if (writesUntilScan < 0 || knownBytes > maxBytes) {
				knownBytes = await evict(folder, maxBytes, now());
				writesUntilScan = WRITES_PER_SCAN;
			}
			return undefined;
		} catch (cause) {
			await rm(temporary, { force: true }).catch(ignore);
			return cacheWarning(folder, cause);
		} finally {
			temporaryFiles.release(temporary);
		}
	}

	return { get, set };
}

async function sha256(bytes: Uint8Array): Promise<string> {
	return createHash("sha256").update(bytes).digest("hex");
}

async function writeWhole(path: string, bytes: Uint8Array, usedAt: number): Promise<number> {
	const file = await open(path, "wx");
	try {
		await file.writeFile(bytes);
		await file.utimes(usedAt, usedAt);
		return bytes.length;
	} finally {
		await file.close();
	}
}

/**
 * Remove stale temporary files and, above the limit, the least recently used entries.
 *
 * @returns bytes that are left.
 */
async function evict(folder: string, maxBytes: number, nowMs: number): Promise<number> {
	const entries: CacheEntry[] = [];
	for (const name of await readdir(folder)) {
		const entry = await describe(join(folder, name));
		if (entry !== undefined && name.endsWith(FILE_SUFFIX)) {
			entries.push(entry);
		} else if (entry !== undefined && name.endsWith(TEMPORARY_SUFFIX) && nowMs - entry.usedAtMs > STALE_AFTER_MS) {
			await rm(entry.path, { force: true });
		}
	}
	entries.sort((a, b) => a.usedAtMs - b.usedAtMs || (a.path < b.path ? -1 : 1));
	let total = entries.reduce((sum, entry) => sum + entry.bytes, 0);
	const allowed = total > maxBytes ? SHARE_KEPT * maxBytes : maxBytes;
	for (const entry of entries) {
		if (total <= allowed) {
			break;
		}
		await rm(entry.path, { force: true });
		total -= entry.bytes;
	}
	return total;
}

/** @returns undefined if another process has removed the file meanwhile. */
async function describe(path: string): Promise<CacheEntry | undefined> {
	const status = await stat(path).catch(ignore);
	return status === undefined ? undefined : { path, bytes: status.size, usedAtMs: status.mtimeMs };
}

function cacheWarning(folder: string, cause: unknown): Warning {
	const reason = errnoOf(cause) ?? String(cause);
	return {
		code: "CACHE_UNUSABLE",
		message:
			`${folder}: tokens cannot be kept (${reason}), so each run computes them again. ` +
			"Make the folder writable, free some space, or set DINOSEG_CACHE to another one.",
	};
}

function ignore(): undefined {
	return undefined;
}
