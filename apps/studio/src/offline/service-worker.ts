/**
 * The service worker of the static build. It keeps the files of the page, so that the page needs no network, and it answers
 * with the headers that isolate a page, so that threads share memory where the host of the files sends none. It keeps
 * nothing else, and never loads a page again by itself. Bundled alone, by `scripts/service-worker.ts`; exports nothing.
 */

import { POLICY } from "./policy.ts";

/** A file of this version of the page. */
interface PageFile {
	readonly sha256: string;
	/** Whether it is kept from the start; else from when it is first asked for. */
	readonly isNeeded: boolean;
}

/** Put in by the build, at each place where it is named. */
declare const FILES: Readonly<Record<string, PageFile>>;
/** By path from the scope. */
const files = FILES;

/** The part of a service worker's scope that is used. Source: https://www.w3.org/TR/service-workers/#serviceworkerglobalscope-interface */
interface WorkerScope {
	readonly registration: { readonly scope: string };
	readonly clients: { claim(): Promise<void> };
	addEventListener(type: "install" | "activate", listener: (event: ExtendableEvent) => void): void;
	addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
}

interface ExtendableEvent {
	waitUntil(work: Promise<unknown>): void;
}

interface FetchEvent {
	readonly request: Request;
	respondWith(response: Promise<Response>): void;
}

/** What every answer has, whatever the host sends: the page's workers take their policy from their own answers. */
const HEADERS = {
	"content-security-policy": POLICY,
	"cross-origin-opener-policy": "same-origin",
	"cross-origin-embedder-policy": "require-corp",
	"cross-origin-resource-policy": "same-origin",
};

const scope = self as unknown as WorkerScope;
const { scope: base } = scope.registration;
/** Other pages of the origin have theirs. */
const CACHE = `dinoseg-studio ${base}`;

/** What a file is kept under: another version of it is another entry. */
const keyOf = (path: string): string => `${base}${path}?${files[path].sha256}`;

/** The path of a file of the page; undefined for all else. */
function pathOf(address: string): string | undefined {
	const [plain] = address.split(/[?#]/);
	const path = plain.startsWith(base) ? decodeURI(plain.slice(base.length)) || "index.html" : undefined;
	return path !== undefined && Object.hasOwn(files, path) ? path : undefined;
}

/** Get a file from where it is kept, else from its host. @throws TypeError without a network */
async function load(path: string): Promise<{ readonly response: Response; readonly isKept: boolean }> {
	const cache = await caches.open(CACHE);
	const key = keyOf(path);
	const kept = await cache.match(key);
	if (kept) {
		return { response: kept, isKept: true };
	}
	const response = await fetch(`${base}${path}`, { cache: "no-cache" });
	const isOwn = response.ok && (await digestOf(response.clone())) === files[path].sha256;
	const isKept = isOwn && (await cache.put(key, response.clone()).then(isDone, isFull));
	return { response, isKept };
}

const isDone = (): boolean => true;
/** Without room the page goes on, only not offline. */
const isFull = (): boolean => false;

async function digestOf(response: Response): Promise<string> {
	const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await response.arrayBuffer()));
	return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @throws Error if the host has another version by now, or there is no room: the browser tries again when the page is opened again. */
async function keepAll(): Promise<void> {
	for (const [path, { isNeeded }] of Object.entries(files)) {
		if (isNeeded && !(await load(path)).isKept) {
			throw new Error(`${path} is not that of this version, or has no room.`);
		}
	}
}

async function dropOthers(): Promise<void> {
	const cache = await caches.open(CACHE);
	const own = new Set(Object.keys(files).map(keyOf));
	const others = (await cache.keys()).filter(({ url }) => !own.has(url));
	await Promise.all(others.map((request) => cache.delete(request)));
}

async function answer(path: string): Promise<Response> {
	const { response } = await load(path);
	const { status, statusText, body } = response;
	return new Response(body, { status, statusText, headers: { ...Object.fromEntries(response.headers), ...HEADERS } });
}

scope.addEventListener("install", (event) => event.waitUntil(keepAll()));

scope.addEventListener("activate", (event) => {
	// The page that is there needs its own files offline too, and whichever of them it has not loaded yet.
	event.waitUntil(dropOthers().then(() => scope.clients.claim()));
});

scope.addEventListener("fetch", (event) => {
	const path = event.request.method === "GET" ? pathOf(event.request.url) : undefined;
	if (path !== undefined) {
		event.respondWith(answer(path));
	}
});
