import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll } from "vitest";
import { type FolderServer, serveFolder } from "../../../../fixtures/serve-folder.ts";
import { type Engine, startBrowser } from "../../../core/test/browsers.ts";
import type { Harness } from "../page/page.ts";
import { type BuiltPage, buildPage } from "./built-page.ts";

type Answer<K extends keyof Harness> = Awaited<ReturnType<Harness[K]>>;

/** A page that has segmenters. */
export interface TestPage {
	readonly page: Page;
	readonly server: FolderServer;
	/** Call a function of the page. What it throws is thrown here; what it gives as an error is given. */
	call<K extends keyof Harness>(name: K, ...args: Parameters<Harness[K]>): Promise<Answer<K>>;
}

/** The bundled page, for all tests of a file. */
export function useBuiltPage(): { readonly folder: string } {
	let built: BuiltPage;
	beforeAll(async () => {
		built = await buildPage();
	});
	afterAll(() => built?.[Symbol.asyncDispose]());
	return {
		get folder() {
			return built.folder;
		},
	};
}

export interface UsePageOptions {
	readonly isolated?: boolean;
	/** Further ones of the browser. */
	readonly args?: readonly string[];
}

/** A page in a browser, for the tests of a group. Not where the browser is not installed: those are skipped. */
export function usePage(
	engine: Engine,
	built: { readonly folder: string },
	files: () => Promise<ReadonlyMap<string, Uint8Array>>,
	{ isolated = true, args = [] }: UsePageOptions = {},
): TestPage {
	const used: AsyncDisposable[] = [];
	let opened: { readonly page: Page; readonly server: FolderServer };
	beforeAll(async () => {
		if (!engine.isInstalled) {
			return;
		}
		const server = await serveFolder(built.folder, { isolated, files: await files() });
		used.push(server);
		const launch = { ...engine.launch, args: [...(engine.launch.args ?? []), ...args] };
		const running = await startBrowser({ ...engine, launch });
		used.push(running);
		opened = { page: await openPage(running.browser, server), server };
	});
	afterAll(async () => {
		for (const each of used.reverse()) {
			await each[Symbol.asyncDispose]();
		}
	});
	return {
		get page() {
			return opened.page;
		},
		get server() {
			return opened.server;
		},
		call: async (name, ...given) =>
			(await opened.page.evaluate(
				(method, values) =>
					(globalThis as never as { harness: Record<string, (...all: unknown[]) => unknown> }).harness[method](
						...values,
					),
				name,
				given as unknown[],
			)) as never,
	};
}

async function openPage(browser: Browser, { url }: FolderServer): Promise<Page> {
	const page = await browser.newPage();
	await page.goto(url);
	await page.waitForFunction(() => "harness" in globalThis);
	return page;
}

/** What a call gave, unless it gave an error. */
export function given<T>(answer: T): Exclude<T, { readonly code: string; readonly message: string }> {
	const { code, message } = answer as { readonly code?: unknown; readonly message?: unknown };
	if (typeof code === "string" && typeof message === "string") {
		throw new Error(`${code}: ${message}`);
	}
	return answer as never;
}

export function bytesOf(base64: string): Uint8Array {
	return Uint8Array.from(Buffer.from(base64, "base64"));
}

export function floatsOf(base64: string): Float32Array {
	return new Float32Array(bytesOf(base64).buffer as ArrayBuffer);
}
