import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ErrorJson } from "@dinoseg/core/errors";
import type { HubEvent } from "@dinoseg/core/hub";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { CHROMIUM_FLAGS } from "../../../../fixtures/chromium-flags.ts";
import { isExecutable } from "../../../../fixtures/is-executable.ts";
import type { ModelStoreOptions, StoredModel } from "../../dist/models/index.js";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** Whether there is a browser to test in. */
export const hasBrowser = isExecutable(CHROMIUM);

/** A name that leads here, whose pages the browser does not trust as it trusts those of the loopback address. */
const PLAIN_HOST = "plain.example";
const PATIENCE_MS = 120_000;
const PAGE = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script>
const worker = new Worker("worker.js", { type: "module" });
const events = [];
const calls = new Map();
worker.onmessage = ({ data }) => {
	if (data.event) {
		events.push(data.event);
	} else {
		calls.get(data.id)(data);
	}
};
worker.onerror = ({ message }) => console.error(message);
function call(request) {
	return new Promise((resolve) => {
		const id = calls.size;
		calls.set(id, resolve);
		worker.postMessage({ ...request, id });
	});
}
</script>`;

interface OpenedHashes {
	readonly name: string;
	readonly revision: string;
	/** Name, sha256 as told, sha256 of the bytes. */
	readonly hashes: readonly (readonly [string, string, string])[];
}

/** A tab that keeps models. */
export interface ModelsTab {
	readonly page: Page;
	pull(name: string, abortAt?: number): Promise<StoredModel>;
	list(): Promise<StoredModel[]>;
	open(name: string): Promise<OpenedHashes>;
	remove(name: string): Promise<number>;
	/** What its pulls have told so far. */
	events(): Promise<HubEvent[]>;
	/** Wait until its pulls have told an event. */
	told(type: HubEvent["type"]): Promise<void>;
	/** Wait until so many bytes are there. */
	reached(bytes: number): Promise<void>;
	/** Allow the origin so many bytes; without a number as many as before. */
	setQuota(bytes?: number): Promise<void>;
}

export interface ModelsPages {
	/** The browser's profile, on a disk. */
	readonly context: BrowserContext;
	/** Open a tab. Those of one test share an origin, and no other test has it. */
	open(options: ModelStoreOptions, isPlain?: boolean): Promise<ModelsTab>;
}

/** Share a browser among the tests of a file. */
export function useModelsPages(): ModelsPages {
	let context: BrowserContext;
	let home: string;
	let script: string;
	let site: { readonly port: number; close(): Promise<void> } | undefined;

	beforeAll(async () => {
		home = await mkdtemp(join(tmpdir(), "dinoseg-browser-"));
		script = await bundleWorker();
		context = await chromium.launchPersistentContext(join(home, "profile"), {
			executablePath: CHROMIUM,
			args: [
				...CHROMIUM_FLAGS,
				`--host-resolver-rules=MAP ${PLAIN_HOST} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`,
			],
			env: { ...process.env, HOME: home, XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home, TMPDIR: home },
		});
	}, PATIENCE_MS);
	afterAll(async () => {
		await context?.close();
		await rm(home, { recursive: true, force: true, maxRetries: 5 });
	});
	afterEach(async () => {
		await Promise.all(context.pages().map((page) => page.close()));
		await site?.close();
		site = undefined;
	});

	return {
		get context() {
			return context;
		},
		open: async (options, isPlain = false) => {
			site ??= await startSite(script);
			const page = await context.newPage();
			const origin = `http://${isPlain ? PLAIN_HOST : "127.0.0.1"}:${site.port}`;
			await page.goto(`${origin}/`);
			return tabOf(page, origin, options);
		},
	};
}

function tabOf(page: Page, origin: string, options: ModelStoreOptions): ModelsTab {
	const call = async <T>(method: string, name = "", abortAt?: number): Promise<T> => {
		const request = JSON.stringify({ method, name, options, abortAt });
		const { value, error } = await page.evaluate<{ value: T; error?: ErrorJson }>(`call(${request})`);
		if (error !== undefined) {
			throw Object.assign(new Error(error.message), { code: error.code, details: error.details });
		}
		return value;
	};
	const waitFor = async (condition: string): Promise<void> => {
		await page.waitForFunction(`events.some(({ type, bytes }) => ${condition})`);
	};
	return {
		page,
		pull: (name, abortAt) => call("pull", name, abortAt),
		list: () => call("list"),
		open: (name) => call("open", name),
		remove: (name) => call("remove", name),
		events: () => page.evaluate<HubEvent[]>("events"),
		told: (type) => waitFor(`type === "${type}"`),
		reached: (bytes) => waitFor(`type === "progress" && bytes >= ${bytes}`),
		setQuota: async (bytes) => {
			const session = await page.context().newCDPSession(page);
			const quota = bytes === undefined ? {} : { quotaSize: bytes };
			await session.send("Storage.overrideQuotaForOrigin", { origin, ...quota });
		},
	};
}

async function startSite(script: string): Promise<{ readonly port: number; close(): Promise<void> }> {
	const server = createServer(({ url }, response) => {
		const isScript = url === "/worker.js";
		response.writeHead(200, { "content-type": isScript ? "text/javascript" : "text/html" });
		response.end(isScript ? script : PAGE);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		port: (server.address() as AddressInfo).port,
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

async function bundleWorker(): Promise<string> {
	const { build } = await import("vite");
	const built = await build({
		configFile: false,
		logLevel: "error",
		root: fileURLToPath(new URL("../..", import.meta.url)),
		build: {
			write: false,
			target: "es2022",
			minify: false,
			lib: { entry: fileURLToPath(new URL("models-worker.ts", import.meta.url)), formats: ["es"], fileName: "worker" },
		},
	});
	for (const { output } of [built].flat() as { output: { type: string; code?: string }[] }[]) {
		for (const { type, code } of output) {
			if (type === "chunk" && code !== undefined) {
				return code;
			}
		}
	}
	throw new Error("Vite made no script of the worker.");
}
