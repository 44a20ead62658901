import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer, { type Browser, type LaunchOptions } from "puppeteer-core";
import { CHROMIUM_FLAGS } from "../../../fixtures/chromium-flags.ts";
import { isExecutable } from "../../../fixtures/is-executable.ts";

/** A browser of its own JavaScript engine. */
export interface Engine {
	readonly name: string;
	/** Environment variable that names another executable. */
	readonly variable: string;
	readonly executablePath: string;
	readonly isInstalled: boolean;
	/** Reaches addresses of this machine alone: no name is looked up and no proxy asked. */
	readonly launch: LaunchOptions;
}

export const ENGINES: readonly Engine[] = [
	engine("Chromium", "/usr/bin/chromium", {
		browser: "chrome",
		args: [...CHROMIUM_FLAGS, "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
	}),
	engine("Firefox", "/usr/bin/firefox-esr", {
		browser: "firefox",
		extraPrefsFirefox: { "network.proxy.type": 0, "network.dns.disabled": true },
	}),
];

function engine(name: string, defaultPath: string, launch: LaunchOptions): Engine {
	const variable = name.toUpperCase();
	const executablePath = process.env[variable] ?? defaultPath;
	return { name, variable, executablePath, isInstalled: isExecutable(executablePath), launch };
}

export interface RunningBrowser extends AsyncDisposable {
	readonly browser: Browser;
}

/** Start a browser, headless. All that it writes, its profile included, is gone when it is disposed of. */
export async function startBrowser({ executablePath, launch }: Engine): Promise<RunningBrowser> {
	const home = await mkdtemp(join(tmpdir(), "dinoseg-browser-"));
	const removeHome = () => rm(home, { recursive: true, force: true, maxRetries: 5 });
	try {
		const browser = await puppeteer.launch({
			...launch,
			executablePath,
			userDataDir: join(home, "profile"),
			env: { ...process.env, HOME: home, XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home, TMPDIR: home },
		});
		return {
			browser,
			async [Symbol.asyncDispose]() {
				try {
					await browser.close();
				} finally {
					await removeHome();
				}
			},
		};
	} catch (error) {
		await removeHome();
		throw error;
	}
}
