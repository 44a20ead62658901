import { createRandom, throwIfAborted } from "@dinoseg/core";
import { DinosegError } from "@dinoseg/core/errors";
import {
	DEFAULT_ENDPOINT,
	DEFAULT_PATIENCE,
	type FetchedResponse,
	type HubContext,
	type HubListener,
	type HubPatience,
	type HubRequest,
	PassingFailure,
	parseEndpoint,
} from "@dinoseg/core/hub";
import { createSHA1, createSHA256 } from "hash-wasm";

export interface ModelStoreOptions extends Partial<HubPatience> {
	/** Address of the hub; it must let pages of this origin ask it. @default "https://huggingface.co" */
	readonly hubEndpoint?: string;
}

/** How a download is followed and cancelled. */
export interface PullOptions {
	readonly signal?: AbortSignal;
	readonly onEvent?: HubListener;
}

/** Headers that a page may send to another host without asking it first, which storage hosts refuse (ADR 0031). */
const PLAIN_HEADERS = ["accept", "range"];

/**
 * What the client of the hub needs, in a browser. No credentials are ever sent.
 *
 * @throws DinosegError OPTION_INVALID
 */
export async function createHubContext(options: ModelStoreOptions, call: PullOptions): Promise<HubContext> {
	const endpoint = parseEndpoint(options.hubEndpoint ?? DEFAULT_ENDPOINT, "hubEndpoint");
	// Files come one after the other, so that one hash of each kind is enough.
	const hashes = { sha256: await createSHA256(), sha1: await createSHA1() };
	return {
		settings: { endpoint, token: undefined },
		words: { endpoint: "hubEndpoint", token: undefined },
		fetch: fetchPlainly,
		createHash: (algorithm) => hashes[algorithm].init(),
		clock: { now: () => Date.now(), sleep },
		startTimer: (milliseconds, ring) => {
			const timer = setTimeout(ring, milliseconds);
			return () => clearTimeout(timer);
		},
		random: createRandom(crypto.getRandomValues(new Uint32Array(1))[0]),
		signal: call.signal,
		onEvent: call.onEvent ?? (() => undefined),
		stallTimeoutMs: options.stallTimeoutMs ?? DEFAULT_PATIENCE.stallTimeoutMs,
		maxRetries: options.maxRetries ?? DEFAULT_PATIENCE.maxRetries,
		answered: new Set(),
		connectionFailure,
	};
}

async function fetchPlainly(url: string, { headers, signal }: HubRequest): Promise<FetchedResponse> {
	const response = await fetch(url, {
		headers: Object.entries(headers).filter(([name]) => PLAIN_HEADERS.includes(name)) as [string, string][],
		signal,
		// A page is told nothing of a redirect that it does not follow.
		redirect: "follow",
		credentials: "omit",
		referrerPolicy: "no-referrer",
		// What is stored once need not be in the browser's cache too.
		cache: "no-store",
	});
	const shown = new Headers(response.headers);
	// It may be that of packed bytes: a page is not told the packing of what another host sent.
	shown.delete("Content-Length");
	const { ok, status, body, redirected } = response;
	return { ok, status, body, redirected, url: response.url, headers: shown };
}

/** A browser tells nothing of why a request failed. */
function connectionFailure(url: string, thrown: unknown): PassingFailure {
	const { host } = new URL(url);
	return new PassingFailure(
		new DinosegError(
			"HUB_UNREACHABLE",
			`${host}: cannot be reached. ${
				navigator.onLine
					? "Check the network; if it works, the host may not let this page ask it, or something in between blocks it."
					: "This computer is offline."
			} What was downloaded stays: the next try goes on from there.`,
			{ details: { host, reason: (thrown as Error).message }, cause: thrown },
		),
	);
}

function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
	return new Promise((resolve, reject) => {
		const end = () => {
			clearTimeout(timer);
			signal?.removeEventListener("abort", end);
			try {
				throwIfAborted(signal);
				resolve();
			} catch (error) {
				reject(error);
			}
		};
		const timer = setTimeout(end, milliseconds);
		signal?.addEventListener("abort", end);
		if (signal?.aborted) {
			end();
		}
	});
}
