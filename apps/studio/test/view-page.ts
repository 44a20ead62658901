import { accessSync, constants } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { build } from "vite";
import { CHROMIUM_FLAGS } from "../../../fixtures/chromium-flags.ts";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
/** WebGL without a graphics card, and no name is looked up. */
const FLAGS = [
	...CHROMIUM_FLAGS,
	"--use-angle=swiftshader",
	"--enable-unsafe-swiftshader",
	"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];
const PAGE = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module" src="harness.js"></script>`;

export const CHROMIUM_PATH = CHROMIUM;

export function hasChromium(): boolean {
	try {
		accessSync(CHROMIUM, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

/** A page that has the harness. */
export interface ViewPage extends AsyncDisposable {
	readonly page: Page;
	/** Call a function of the harness. */
	call<T>(name: string, ...args: readonly unknown[]): Promise<T>;
}

/** Bundle the harness, serve it on the loopback interface and open it in a browser of its own. */
export async function openViewPage(): Promise<ViewPage> {
	const script = await bundle();
	const server = createServer(({ url }, response) => {
		const isScript = url === "/harness.js";
		response.writeHead(200, { "content-type": isScript ? "text/javascript" : "text/html" });
		response.end(isScript ? script : PAGE);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	let browser: Browser | undefined;
	const close = async () => {
		await browser?.close();
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	};
	try {
		browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
		const page = await browser.newPage({ viewport: { width: 1240, height: 840 } });
		await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { waitUntil: "load" });
		return {
			page,
			// As a text: of each number of an array, playwright makes an object on its way.
			call: async <T>(name: string, ...args: readonly unknown[]) => {
				const calling = `(async () => JSON.stringify(await harness[${JSON.stringify(name)}](...${JSON.stringify(args)})))()`;
				const text = await page.evaluate<string | undefined>(calling);
				return (text === undefined ? undefined : JSON.parse(text)) as T;
			},
			[Symbol.asyncDispose]: close,
		};
	} catch (error) {
		await close();
		throw error;
	}
}

async function bundle(): Promise<string> {
	const built = await build({
		configFile: false,
		logLevel: "error",
		root: fileURLToPath(new URL("..", import.meta.url)),
		build: {
			write: false,
			target: "es2022",
			minify: false,
			lib: { entry: fileURLToPath(new URL("view-harness.ts", import.meta.url)), formats: ["es"], fileName: "harness" },
		},
	});
	for (const { output } of [built].flat() as { output: { type: string; code?: string }[] }[]) {
		for (const { type, code } of output) {
			if (type === "chunk" && code !== undefined) {
				return code;
			}
		}
	}
	throw new Error("Vite made no script of the harness.");
}
