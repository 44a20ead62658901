import { DinosegError } from "../errors/index.ts";
import type { FetchedResponse, HubContext } from "./context.ts";
import { stalledFailure } from "./failures.ts";
import { excerpt, type HubAnswer, invalidAnswer, isMarkup, pageInstead } from "./hub-answer.ts";
import { withRetries } from "./retry.ts";
import { type HubSubject, statusFailure } from "./status-failures.ts";

/** An answer whose headers are here and whose bytes are still to come. */
export interface HubResponse {
	readonly status: number;
	readonly headers: Headers;
	/** Where it came from in the end. */
	readonly url: string;
	/** Read on. Ends early, without an error, if the sender closed the connection in good order. */
	chunks(): AsyncGenerator<Uint8Array>;
	/** Give up the rest. */
	cancel(): void;
}

export interface HubRequestOptions {
	readonly subject: HubSubject;
	readonly headers?: Readonly<Record<string, string>>;
	/** Statuses besides 2xx that the caller understands. */
	readonly accept?: readonly number[];
}

const REDIRECTS = [301, 302, 303, 307, 308];
const MAX_REDIRECTS = 10;

/**
 * Ask once. Redirects are followed here unless the platform insists on it, because the token must go to the hub alone and
 * never to the hosts that it sends us to.
 *
 * @throws PassingFailure for what may pass; DinosegError ABORTED and HUB_* for the rest.
 */
export async function request(context: HubContext, url: string, options: HubRequestOptions): Promise<HubResponse> {
	const controller = new AbortController();
	const onAbort = () => controller.abort(context.signal?.reason);
	context.signal?.addEventListener("abort", onAbort, { once: true });
	if (context.signal?.aborted) {
		onAbort();
	}
	const done = () => context.signal?.removeEventListener("abort", onAbort);
	try {
		const { response, at } = await followRedirects(context, url, options, controller);
		const accepted = response.ok || options.accept?.includes(response.status) === true;
		if (!accepted) {
			const failure = statusFailure(context, response, at, options.subject);
			controller.abort();
			throw failure;
		}
		return {
			status: response.status,
			headers: response.headers,
			url: at,
			chunks: () => readChunks(context, at, response, controller, done),
			cancel: () => {
				controller.abort();
				done();
			},
		};
	} catch (error) {
		done();
		throw error;
	}
}

/**
 * Ask for JSON, again if what failed may pass.
 *
 * @param maxBytes that are read of the answer.
 * @throws DinosegError HUB_RESPONSE_INVALID for anything else or for more bytes; ABORTED and HUB_* as `request`.
 */
export async function requestJson(
	context: HubContext,
	url: string,
	{ subject, maxBytes }: { readonly subject: HubSubject; readonly maxBytes: number },
): Promise<HubAnswer> {
	return withRetries(context, async () => {
		const response = await request(context, url, { subject, headers: { accept: "application/json" } });
		const text = await readText(context, response, maxBytes);
		try {
			return { url: response.url, headers: response.headers, text, value: JSON.parse(text) as unknown };
		} catch {
			const kind = isMarkup(text) ? "a web page" : "a text that is no JSON, or not all of it";
			throw pageInstead(context, response.url, text === "" ? "nothing" : `${kind} (${excerpt(text)})`, "JSON");
		}
	});
}

async function readText(context: HubContext, response: HubResponse, maxBytes: number): Promise<string> {
	const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
	let text = "";
	let bytes = 0;
	for await (const chunk of response.chunks()) {
		text += decoder.decode(chunk, { stream: true });
		bytes += chunk.length;
		if (bytes > maxBytes) {
			response.cancel();
			throw invalidAnswer(
				context,
				response.url,
				`answered with more than ${maxBytes} bytes of JSON, which no model needs`,
			);
		}
	}
	return text + decoder.decode();
}

async function followRedirects(
	context: HubContext,
	url: string,
	options: HubRequestOptions,
	controller: AbortController,
): Promise<{ readonly response: FetchedResponse; readonly at: string }> {
	const hub = new URL(context.settings.endpoint).origin;
	let at = url;
	for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
		const headers: Record<string, string> = {
			"user-agent": "dinoseg",
			"accept-encoding": "identity",
			...options.headers,
		};
		if (context.settings.token !== undefined && new URL(at).origin === hub) {
			headers["authorization"] = `Bearer ${context.settings.token}`;
		}
		const target = at;
		const response = await guarded(context, target, controller, () =>
			context.fetch(target, { headers, redirect: "manual", signal: controller.signal }),
		);
		context.answered.add(new URL(at).origin);
		if (response.redirected) {
			checkSecrecy(context, at, new URL(response.url));
			return { response, at: response.url };
		}
		const location = response.headers.get("Location");
		if (!REDIRECTS.includes(response.status) || location === null) {
			return { response, at };
		}
		await response.body?.cancel();
		const next = URL.canParse(location, at) ? new URL(location, at) : undefined;
		if (next?.protocol !== "https:" && next?.protocol !== "http:") {
			throw invalidAnswer(context, at, `redirects to ${excerpt(location)}, which is no http or https address`);
		}
		checkSecrecy(context, at, next);
		at = next.href;
	}
	throw invalidAnswer(context, url, `redirects more than ${MAX_REDIRECTS} times`);
}

/** What a hub with https sends for must come by https too. */
function checkSecrecy(context: HubContext, from: string, to: URL): void {
	if (new URL(context.settings.endpoint).protocol === "https:" && to.protocol === "http:") {
		throw invalidAnswer(
			context,
			from,
			`redirects from https to ${excerpt(to.origin)}, where anyone in between could read and change what is sent`,
			`Check ${context.words.endpoint} and the proxy. A hub that is meant to be asked by http needs http in ${context.words.endpoint}.`,
		);
	}
}

async function* readChunks(
	context: HubContext,
	url: string,
	response: FetchedResponse,
	controller: AbortController,
	done: () => void,
): AsyncGenerator<Uint8Array> {
	const reader = response.body?.getReader();
	let ended = reader === undefined;
	try {
		while (reader !== undefined) {
			const read = await guarded(context, url, controller, () => reader.read());
			if (read.done) {
				ended = true;
				return;
			}
			yield read.value as Uint8Array;
		}
	} finally {
		if (!ended) {
			controller.abort();
		}
		done();
	}
}

/** Wait for the next sign of life; silence beyond the limit ends the connection. */
async function guarded<T>(
	context: HubContext,
	url: string,
	controller: AbortController,
	wait: () => Promise<T>,
): Promise<T> {
	let stalled = false;
	const stopTimer = context.startTimer(context.stallTimeoutMs, () => {
		stalled = true;
		controller.abort();
	});
	try {
		return await wait();
	} catch (cause) {
		if (context.signal?.aborted) {
			throw new DinosegError("ABORTED", "The run was cancelled by its signal.", { cause: context.signal.reason });
		}
		throw stalled ? stalledFailure(url, context.stallTimeoutMs) : context.connectionFailure(url, cause);
	} finally {
		stopTimer();
	}
}
