/**
 * A client of the service, for Node and browsers. Its types are generated from the service's own description
 * (`scripts/generate-client.ts`), so addresses, parameters and answers are checked where a program is written.
 */
import createFetchClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./api.ts";

export type { components, paths } from "./api.ts";

/** What the service answers to. */
export type ServiceClient = Client<paths>;

/** Options of a segmentation, as requests have them. */
export type SegmentationOptionsOfRequest = components["schemas"]["Options"];

export interface ClientOptions {
	/** Where the service listens. @default "http://127.0.0.1:8420" */
	readonly url?: string;
	/** What it wants to be shown. @default none */
	readonly token?: string;
	/** @default the platform's */
	readonly fetch?: (request: Request) => Promise<Response>;
}

/**
 * Make a client. Its methods (`GET`, `POST`, `DELETE`) take an address and answer `{ data, error, response }`; `error` is a
 * problem document with a stable `code`. A body with a `Blob` in it is sent as a form.
 */
export function createClient({ url = "http://127.0.0.1:8420", token, fetch }: ClientOptions = {}): ServiceClient {
	return createFetchClient<paths>({
		baseUrl: url,
		...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
		...(fetch === undefined ? {} : { fetch }),
		bodySerializer: serialise,
	});
}

function serialise(body: unknown): NonNullable<RequestInit["body"]> {
	if (body instanceof Blob || body instanceof FormData) {
		return body;
	}
	const entries = Object.entries(body as object);
	if (!entries.some(([, value]) => value instanceof Blob)) {
		return JSON.stringify(body);
	}
	const form = new FormData();
	for (const [name, value] of entries) {
		form.set(name, value instanceof Blob ? value : JSON.stringify(value));
	}
	return form;
}
