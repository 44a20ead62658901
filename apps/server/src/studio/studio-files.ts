import { readdir } from "node:fs/promises";
import { dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** A file of the page, as it is answered. */
export interface StudioFile {
	readonly path: string;
	readonly mediaType: string;
	/** Whether its name has a digest of its bytes, so that they never change. */
	readonly isHashed: boolean;
}

/** The files of the page by their addresses, such as `/assets/index-1a2b3c.js`. Without `/` it is not built. */
export type StudioFiles = ReadonlyMap<string, StudioFile>;

const MEDIA_TYPES: Readonly<Record<string, string>> = {
	".css": "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".ico": "image/x-icon",
	".jpg": "image/jpeg",
	".js": "text/javascript; charset=utf-8",
	".json": "application/json",
	".map": "application/json",
	".md": "text/markdown; charset=utf-8",
	".png": "image/png",
	".svg": "image/svg+xml",
	".wasm": "application/wasm",
	".webmanifest": "application/manifest+json",
	".woff2": "font/woff2",
};

/** Where the build puts files with digests in their names. */
const HASHED = /^\/assets\//;
/** Addresses that need no encoding, and mean nothing else to a router. */
const PLAIN = /^(\/[\w-][\w.-]*)+$/;

/** Where the page of `@dinoseg/studio` is built. */
export function builtStudio(): string {
	return join(dirname(fileURLToPath(import.meta.resolve("@dinoseg/studio/package.json"))), "dist");
}

/** List the files of the page: no other name is ever looked up. Empty where there is no such folder. */
export async function listStudioFiles(folder: string): Promise<StudioFiles> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
	const files = new Map<string, StudioFile>();
	for (const entry of entries) {
		const path = join(entry.parentPath, entry.name);
		const address = `/${relative(folder, path).replaceAll("\\", "/")}`;
		const mediaType = MEDIA_TYPES[extname(entry.name)];
		if (entry.isFile() && mediaType !== undefined && PLAIN.test(address)) {
			files.set(address === "/index.html" ? "/" : address, { path, mediaType, isHashed: HASHED.test(address) });
		}
	}
	return files;
}
