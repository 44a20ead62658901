import { DinosegError } from "@dinoseg/core/errors";
import type { HubContext } from "./context.ts";
import { connectionFailure, stalledFailure } from "./failures.ts";
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
 * Ask once. Redirects are followed here, because the token must go to the hub alone and never to the hosts that it sends
 * us to.
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
		const text = await readText(response, maxBytes);
		try {
			return { url: response.url, headers: response.headers, text, value: JSON.parse(text) as unknown };
		} catch {
			const kind = isMarkup(text) ? "a web page" : "a text that is no JSON, or not all of it";
			throw pageInstead(response.url, text === "" ? "nothing" : `${kind} (${excerpt(text)})`, "JSON");
		}
	});
}

async function readText(response: HubResponse, maxBytes: number): Promise<string> {
	const pieces: Uint8Array[] = [];
	let bytes = 0;
	for await (const chunk of response.chunks()) {
		pieces.push(chunk);
		bytes += chunk.length;
		if (bytes > maxBytes) {
			response.cancel();
			throw invalidAnswer(response.url, `answered with more than ${maxBytes} bytes of JSON, which no model needs`);
		}
	}
	return Buffer.concat(pieces).toString("utf8");
}

async function followRedirects(
	context: HubContext,
	url: string,
	options: HubRequestOptions,
	controller: AbortController,
): Promise<{ readonly response: Response; readonly at: string }> {
	const { origin: hub, protocol } = new URL(context.settings.endpoint);
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
		const location = response.headers.get("Location");
		if (!REDIRECTS.includes(response.status) || location === null) {
			return { response, at };
		}
		await response.body?.cancel();
		const next = URL.canParse(location, at) ? new URL(location, at) : undefined;
		if (next?.protocol !== "https:" && next?.protocol !== "http:") {
			throw invalidAnswer(at, `redirects to ${excerpt(location)}, which is no http or https address`);
		}
		if (protocol === "https:" && next.protocol === "http:") {
			throw invalidAnswer(
				at,
				`redirects from https to ${excerpt(next.origin)}, where anyone in between could read and change what is sent`,
				"Check HF_ENDPOINT and the proxy. A hub that is meant to be asked by http needs an HF_ENDPOINT with http.",
			);
		}
		at = next.href;
	}
	throw invalidAnswer(url, `redirects more than ${MAX_REDIRECTS} times`);
}

async function* readChunks(
	context: HubContext,
	url: string,
	response: Response,
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
	const timer = setTimeout(() => {
		stalled = true;
		controller.abort();
	}, context.stallTimeoutMs);
	try {
		return await wait();
	} catch (cause) {
		if (context.signal?.aborted) {
			throw new DinosegError("ABORTED", "The run was cancelled by its signal.", { cause: context.signal.reason });
		}
		throw stalled ? stalledFailure(context, url) : connectionFailure(context, url, cause);
	} finally {
		clearTimeout(timer);
	}
}
