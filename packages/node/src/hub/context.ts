import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Random } from "@dinoseg/core";
import { createRandom } from "@dinoseg/core";
import { DinosegError } from "@dinoseg/core/errors";
import {
	DEFAULT_PATIENCE,
	type HubClock,
	type HubContext,
	type HubFetch,
	type HubListener,
	type HubPatience,
} from "@dinoseg/core/hub";
import { connectionFailure } from "./connection-failures.ts";
import { createProxyFetch } from "./hub-fetch.ts";
import { type HubSettings, type HubSettingsOptions, readHubSettings } from "./settings.ts";

export interface HubOptions extends HubSettingsOptions, Partial<HubPatience> {
	/** Asks the hub. @default Node's own, or undici's through the proxy of the environment */
	readonly fetch?: HubFetch;
	/** @default the system's */
	readonly clock?: HubClock;
	/** Spreads the delays of retries. @default seeded by the time and the process */
	readonly random?: Random;
	readonly signal?: AbortSignal;
	readonly onEvent?: HubListener;
}

/** What a pull on Node needs. */
export interface NodeHubContext extends HubContext {
	readonly settings: HubSettings;
}

const SYSTEM_CLOCK: HubClock = {
	now: () => Date.now(),
	sleep: (milliseconds, signal) => wait(milliseconds, undefined, signal === undefined ? {} : { signal }),
};

/**
 * Run something that may ask the hub; connections to a proxy end with it.
 *
 * @throws DinosegError ABORTED, OPTION_INVALID, HUB_PROXY, and what `use` throws.
 */
export async function withHub<T>(options: HubOptions, use: (context: NodeHubContext) => Promise<T>): Promise<T> {
	const settings = await readHubSettings(options);
	const proxied =
		options.fetch === undefined && settings.proxy !== undefined ? await createProxyFetch(settings.proxy) : undefined;
	const clock = options.clock ?? SYSTEM_CLOCK;
	try {
		return await use({
			settings,
			words: { endpoint: "HF_ENDPOINT", token: "HF_TOKEN" },
			fetch: options.fetch ?? proxied?.fetch ?? ((url, init) => fetch(url, init)),
			createHash,
			clock,
			startTimer: (milliseconds, ring) => {
				const timer = setTimeout(ring, milliseconds);
				return () => clearTimeout(timer);
			},
			random: options.random ?? createRandom(clock.now() ^ process.pid),
			signal: options.signal,
			onEvent: options.onEvent ?? (() => undefined),
			stallTimeoutMs: options.stallTimeoutMs ?? DEFAULT_PATIENCE.stallTimeoutMs,
			maxRetries: options.maxRetries ?? DEFAULT_PATIENCE.maxRetries,
			answered: new Set(),
			connectionFailure: (url, thrown) => connectionFailure(settings.proxy, url, thrown),
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
