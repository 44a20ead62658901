import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServerOptions } from "@dinoseg/server";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { CHROMIUM_FLAGS } from "../../../../fixtures/chromium-flags.ts";
import { isExecutable } from "../../../../fixtures/is-executable.ts";
import { isFull } from "../../../../fixtures/is-full.ts";
import { startService, type TestService } from "../../../server/test/support/service.ts";

/** Where Debian has Chromium; CHROMIUM names another one. */
export const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** Whether there is a browser to test in. */
export const hasBrowser = isExecutable(CHROMIUM);

/** For the path of a page: its first settings, of which the network takes milliseconds. */
export const QUICK = "#segments=regions&inputSize=126";

/** A browser takes several times as long on a busy machine. */
export const PATIENCE_MS = 120_000;

/** For requests to end by themselves when a service ends. What is open may keep its connection. */
export const GRACE_MS = 500;

/** Less than a test, so that it says what it waited for. */
const ACTION_MS = 45_000;

/** What a page is opened with. */
export interface PageOptions extends BrowserContextOptions {
	/** What follows the address of the page: `#` and settings. @default nothing */
	readonly path?: string;
	/** That of another tab: they share what the browser keeps. @default one of its own */
	readonly context?: BrowserContext;
}

/** What serves a page. */
export interface Site extends AsyncDisposable {
	/** Address of its page. */
	readonly url: string;
}

/** A browser and a site that the tests of a file share. */
export interface SiteTests<S extends Site> {
	readonly site: S;
	/** Open its page. */
	open(options?: PageOptions): Promise<Page>;
	/** Let the test that runs provoke complaints of the browser. */
	forgive(complaints: RegExp): void;
}

/** A browser and a service that the tests of a file share. */
export interface StudioTests extends Omit<SiteTests<Site>, "site"> {
	readonly service: TestService;
}

/** Start Chromium, headless, with software graphics. What it writes is gone when it is closed. */
export async function startChromium(): Promise<Browser & AsyncDisposable> {
	const home = await mkdtemp(join(tmpdir(), "dinoseg-browser-"));
	const removeHome = () => rm(home, { recursive: true, force: true, maxRetries: 5 });
	try {
		const browser = await chromium.launch({
			executablePath: CHROMIUM,
			args: [
				...CHROMIUM_FLAGS,
				"--use-angle=swiftshader",
				"--enable-unsafe-swiftshader",
				// Without a graphics card, text is drawn in half the time when it does not go through software graphics too.
				"--disable-gpu-rasterization",
				"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
			],
			env: { ...process.env, HOME: home, XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home, TMPDIR: home },
		});
		return Object.assign(browser, {
			async [Symbol.asyncDispose]() {
				await browser.close();
				await removeHome();
			},
		});
	} catch (error) {
		await removeHome();
		throw error;
	}
}

/** The browser of the sites that are in use, and how many they are. */
let running: Promise<Browser & AsyncDisposable> | undefined;
let users = 0;

function takeChromium(): Promise<Browser> {
	users++;
	running ??= startChromium();
	return running;
}

async function leaveChromium(): Promise<void> {
	users--;
	if (users === 0) {
		const last = running;
		running = undefined;
		await (await last?.catch(() => undefined))?.[Symbol.asyncDispose]();
	}
}

/**
 * Share a browser and a service among the tests of a file, as `useSite`.
 *
 * @param env variables of the service. Default: models are not downloaded.
 */
export function useStudio(server: ServerOptions = {}, env?: () => NodeJS.ProcessEnv): StudioTests {
	const tests = useSite(() => startService({ workers: 1, ...server }, undefined, env?.(), GRACE_MS));
	return {
		open: tests.open,
		forgive: tests.forgive,
		get service() {
			return tests.site;
		},
	};
}

/**
 * Share a browser and a site among the tests of a file. A test fails if a page of its own complains on the console or asks
 * another origin for anything: what the security policy forbids is such a complaint.
 */
export function useSite<S extends Site>(start: () => Promise<S>): SiteTests<S> {
	let site: S;
	let browser: Browser;
	const contexts = new Set<BrowserContext>();
	let complaints: string[] = [];
	let forgiven: RegExp[] = [];

	beforeAll(async () => {
		[site, browser] = await Promise.all([start(), takeChromium()]);
	}, PATIENCE_MS);
	afterAll(async () => {
		await leaveChromium();
		await site?.[Symbol.asyncDispose]();
	});
	afterEach(async () => {
		const seen = complaints.filter((complaint) => !forgiven.some((pattern) => pattern.test(complaint)));
		complaints = [];
		forgiven = [];
		await Promise.all([...contexts].map((context) => context.close()));
		contexts.clear();
		expect(seen).toEqual([]);
	});

	const newContext = async (options: BrowserContextOptions): Promise<BrowserContext> => {
		const context = await browser.newContext({
			// Wide enough for both panels, and no larger: software draws each pixel.
			viewport: { width: 840, height: 600 },
			colorScheme: "dark",
			// Software draws what moves for as long as a machine is busy; the soak has it.
			...(isFull ? {} : { reducedMotion: "reduce" as const }),
			permissions: ["clipboard-read", "clipboard-write"],
			...options,
		});
		contexts.add(context);
		context.setDefaultTimeout(ACTION_MS);
		context.on("console", (message) => {
			if (["error", "warning"].includes(message.type())) {
				complaints.push(message.text());
			}
		});
		context.on("weberror", (error) => complaints.push(String(error.error())));
		context.on("request", (request) => {
			const { origin, protocol } = new URL(request.url());
			if (origin !== new URL(site.url).origin && !["data:", "about:"].includes(protocol)) {
				complaints.push(`${request.url()} was asked for`);
			}
		});
		return context;
	};

	return {
		get site() {
			return site;
		},
		async open({ path = "", context, ...options } = {}) {
			const page = await (context ?? (await newContext(options))).newPage();
			await page.goto(`${site.url}${path}`);
			return page;
		},
		forgive(pattern) {
			forgiven.push(pattern);
		},
	};
}
