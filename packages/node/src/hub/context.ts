import { setTimeout as wait } from "node:timers/promises";
import type { Random } from "@dinoseg/core";
import { createRandom } from "@dinoseg/core";
import { DinosegError } from "@dinoseg/core/errors";
import { createProxyFetch, type HubFetch } from "./hub-fetch.ts";
import { type HubSettings, type HubSettingsOptions, readHubSettings } from "./settings.ts";

/** What a pull tells while it runs. Progress bars and servers are only consumers of these. */
export type HubEvent =
	/** The revision is known and its files are listed. */
	| {
			readonly type: "resolved";
			readonly repo: string;
			/** The commit. */
			readonly revision: string;
	  }
	/** `bytes` of `total` are on disk, summed over the files of the checkpoint that are known so far. */
	| { readonly type: "progress"; readonly file: string; readonly bytes: number; readonly total: number }
	/** A file starts; `resumedFrom` of its `total` bytes were on disk already. */
	| { readonly type: "file-start"; readonly file: string; readonly resumedFrom: number; readonly total: number }
	/** A file is verified and has its final name. `cached`: it was there before. */
	| { readonly type: "file-end"; readonly file: string; readonly total: number; readonly cached: boolean }
	/** Another process downloads the same file; this one waits for it. */
	| { readonly type: "waiting"; readonly file: string }
	/** Something failed that may pass; asked again after `delayMs`. `attempt` counts from 1. */
	| { readonly type: "retry"; readonly attempt: number; readonly delayMs: number; readonly reason: string };

export type HubListener = (event: HubEvent) => void;

/** Time, passed in so that tests need not wait. */
export interface HubClock {
	/** Milliseconds since 1970. */
	now(): number;
	/** Rejects as soon as the signal fires. */
	sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void>;
}

export interface HubOptions extends HubSettingsOptions {
	/** Asks the hub. @default Node's own, or undici's through the proxy of the environment */
	readonly fetch?: HubFetch;
	/** @default the system's */
	readonly clock?: HubClock;
	/** Spreads the delays of retries. @default seeded by the time and the process */
	readonly random?: Random;
	readonly signal?: AbortSignal;
	readonly onEvent?: HubListener;
	/** Milliseconds without a byte after which a connection counts as lost. @default 30000 */
	readonly stallTimeoutMs?: number;
	/** Failures in a row, none of them with bytes to show, after which a request is given up. @default 5 */
	readonly maxRetries?: number;
}

/** Everything that a request to the hub needs. */
export interface HubContext {
	readonly settings: HubSettings;
	readonly fetch: HubFetch;
	readonly clock: HubClock;
	readonly random: Random;
	readonly signal: AbortSignal | undefined;
	readonly onEvent: HubListener;
	readonly stallTimeoutMs: number;
	readonly maxRetries: number;
	/** Origins that answered during this run: their silence later is a line that dropped, not a wrong address. */
	readonly answered: Set<string>;
}

const DEFAULT_STALL_MS = 30_000;
const DEFAULT_RETRIES = 5;

const SYSTEM_CLOCK: HubClock = {
	now: () => Date.now(),
	sleep: (milliseconds, signal) => wait(milliseconds, undefined, signal === undefined ? {} : { signal }),
};

/**
 * Run something that may ask the hub; connections to a proxy end with it.
 *
 * @throws DinosegError ABORTED, OPTION_INVALID, HUB_PROXY, and what `use` throws.
 */
export async function withHub<T>(options: HubOptions, use: (context: HubContext) => Promise<T>): Promise<T> {
	const settings = await readHubSettings(options);
	const proxied =
		options.fetch === undefined && settings.proxy !== undefined ? await createProxyFetch(settings.proxy) : undefined;
	const clock = options.clock ?? SYSTEM_CLOCK;
	try {
		return await use({
			settings,
			fetch: options.fetch ?? proxied?.fetch ?? ((url, init) => fetch(url, init)),
			clock,
			random: options.random ?? createRandom(clock.now() ^ process.pid),
			signal: options.signal,
			onEvent: options.onEvent ?? (() => undefined),
			stallTimeoutMs: options.stallTimeoutMs ?? DEFAULT_STALL_MS,
			maxRetries: options.maxRetries ?? DEFAULT_RETRIES,
			answered: new Set(),
		});
	} catch (cause) {
		if (options.signal?.aborted && !(cause instanceof DinosegError && cause.code === "ABORTED")) {
			throw new DinosegError("ABORTED", "The run was cancelled by its signal.", { cause: options.signal.reason });
		}
		throw cause;
	} finally {
		await proxied?.close();
	}
}
