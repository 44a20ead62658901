import { isIP } from "node:net";
import { checkInteger, DinosegError } from "@dinoseg/core/errors";
import type { ModelOptions } from "@dinoseg/core/options";

/** How the service runs. */
export interface ServerOptions extends Partial<ModelOptions> {
	/** Address to listen at. Any but those of this machine alone wants a token. @default "127.0.0.1" */
	readonly host?: string | undefined;
	/** 0 is any that is free. @default 8420 */
	readonly port?: number | undefined;
	/** What requests must bring: `Authorization: Bearer …`. @default none */
	readonly token?: string | undefined;
	/** Origins whose pages may use the service. @default none */
	readonly origins?: readonly string[] | undefined;
	/** Segmentations that are computed at the same time; each holds the model. @default the cores, at most 2 */
	readonly workers?: number | undefined;
	/** Segmentations that may wait. @default 32 */
	readonly maxQueue?: number | undefined;
	/** Bytes of an image. @default 100 MB */
	readonly maxBytes?: number | undefined;
	/** Pixels of an image. @default 50 megapixels */
	readonly maxPixels?: number | undefined;
	/** Tokens of an image: memory of the network grows with their square. @default 5476, those of 1036 x 1036 pixels */
	readonly maxTokens?: number | undefined;
	/** Until an image has arrived, seconds. @default 60 */
	readonly uploadSeconds?: number | undefined;
	/** Until a segmentation is done, seconds. @default 300 */
	readonly jobSeconds?: number | undefined;
	/** Folder of images and results. @default `service` in the folder of the caches */
	readonly folder?: string | undefined;
	/** Bytes of images and results; the least recently used go first. @default 2 GiB */
	readonly maxStoredBytes?: number | undefined;
	/** After which images and results go that nobody used, seconds. @default one day */
	readonly keepSeconds?: number | undefined;
}

export const SERVER_DEFAULTS = {
	host: "127.0.0.1",
	port: 8420,
	maxQueue: 32,
	maxBytes: 100_000_000,
	maxPixels: 50_000_000,
	maxTokens: 5476,
	uploadSeconds: 60,
	jobSeconds: 300,
	maxStoredBytes: 2 * 2 ** 30,
	keepSeconds: 86_400,
} as const;

/** Bounds of the numbers, both ends included. */
export const SERVER_BOUNDS = {
	port: { min: 0, max: 65_535 },
	workers: { min: 1, max: 64 },
	maxQueue: { min: 1, max: 100_000 },
	maxBytes: { min: 1, max: 2 ** 30 },
	maxPixels: { min: 1, max: 2 ** 31 - 1 },
	maxTokens: { min: 1, max: 1_000_000 },
	uploadSeconds: { min: 1, max: 86_400 },
	jobSeconds: { min: 1, max: 86_400 },
	maxStoredBytes: { min: 1, max: Number.MAX_SAFE_INTEGER },
	keepSeconds: { min: 1, max: 10 * 365 * 86_400 },
} as const;

/** Characters of a token below which it could be guessed. */
const SHORTEST_TOKEN = 16;

/**
 * Check options before anything is started.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function checkServerOptions(options: ServerOptions): void {
	for (const [key, bounds] of Object.entries(SERVER_BOUNDS)) {
		const value = options[key as keyof typeof SERVER_BOUNDS];
		if (value !== undefined) {
			checkInteger("", key, value, bounds);
		}
	}
	const { host = SERVER_DEFAULTS.host, token, origins = [] } = options;
	if (token !== undefined && (token.length < SHORTEST_TOKEN || /\s/.test(token))) {
		throw invalid(
			"token",
			`token must have at least ${SHORTEST_TOKEN} characters and no blanks, got ${token.length}. Make one with: openssl rand -hex 32`,
		);
	}
	if (token === undefined && !isLoopbackHost(host)) {
		throw invalid(
			"host",
			`host ${host} can be reached by others, so a token is wanted: --token or DINOSEG_TOKEN. Make one with: openssl rand -hex 32`,
		);
	}
	const { maxBytes = SERVER_DEFAULTS.maxBytes, maxStoredBytes = SERVER_DEFAULTS.maxStoredBytes } = options;
	if (maxStoredBytes < maxBytes) {
		throw invalid(
			"maxStoredBytes",
			`maxStoredBytes must be at least maxBytes, ${maxBytes}: an image that is taken has to be kept. Got ${maxStoredBytes}.`,
		);
	}
	for (const origin of origins) {
		if (!isOrigin(origin)) {
			throw invalid("origins", `an origin must be a scheme and a host, such as https://example.org, got ${origin}.`);
		}
	}
}

/** True for an address that only this machine can reach. */
export function isLoopbackHost(host: string): boolean {
	const bare = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
	return bare === "localhost" || bare === "::1" || (isIP(bare) === 4 && bare.startsWith("127."));
}

function isOrigin(text: string): boolean {
	try {
		const { origin, protocol } = new URL(text);
		return origin === text && (protocol === "https:" || protocol === "http:");
	} catch {
		return false;
	}
}

function invalid(option: string, message: string): DinosegError {
	return new DinosegError("OPTION_INVALID", message, { details: { option } });
}
