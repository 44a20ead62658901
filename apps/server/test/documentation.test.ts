import { fileURLToPath } from "node:url";
import type { ElementHandle, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isFull } from "../../../fixtures/is-full.ts";
import { ENGINES, type RunningBrowser, startBrowser } from "../../../packages/core/test/browsers.ts";
import { useService } from "./support/service.ts";

/** A browser takes several times as long on a busy machine. */
const PATIENCE_MS = 120_000;
const PHOTOGRAPH = fileURLToPath(new URL("../../../examples/coffee.jpg", import.meta.url));

const service = useService();

/** What a page complains of and asks for. */
interface Watched {
	readonly complaints: readonly string[];
	readonly requests: readonly string[];
}

async function watch(page: Page): Promise<Watched> {
	const complaints: string[] = [];
	const requests: string[] = [];
	page.on("console", (message) => {
		if (["error", "warn", "issue"].includes(message.type())) {
			complaints.push(message.text());
		}
	});
	page.on("pageerror", (error) => complaints.push(String(error)));
	page.on("requestfailed", (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
	page.on("request", (request) => requests.push(request.url()));
	await page.exposeFunction("complain", (text: string) => complaints.push(text));
	await page.evaluateOnNewDocument(`
		addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) =>
			complain(violatedDirective + " forbids " + blockedURI + " " + sample));
	`);
	return { complaints, requests };
}

/** Selectors in the block of an operation. */
const inBlock = (id: string) => ({
	head: `#operations-${id} .opblock-summary-control`,
	file: `#operations-${id} input[type=file]`,
	execute: `#operations-${id} .execute`,
	status: `#operations-${id} .live-responses-table tbody .response-col_status`,
	picture: `#operations-${id} .live-responses-table img`,
});

/** All of them in `npm run soak`. */
const engines = isFull ? ENGINES : ENGINES.slice(0, 1);

describe.each(engines)("in $name, the page that describes the service", (engine) => {
	let running: RunningBrowser;
	let page: Page;
	let watched: Watched;
	let operations: number;
	beforeAll(async () => {
		if (!engine.isInstalled) {
			return;
		}
		const { paths } = await service.json<{ paths: Record<string, object> }>("/openapi.json");
		operations = Object.values(paths).flatMap((path) => Object.keys(path)).length;
		running = await startBrowser(engine);
		page = await running.browser.newPage();
		page.setDefaultTimeout(PATIENCE_MS);
		await page.setViewport({ width: 1200, height: 1000 });
		watched = await watch(page);
		await page.goto(`${service.url}/docs/`);
		await page.waitForSelector(".opblock");
	}, PATIENCE_MS);
	afterAll(() => running?.[Symbol.asyncDispose]());

	async function click(selector: string): Promise<void> {
		// Not with the mouse: what it is to hit moves while blocks open.
		await (await page.waitForSelector(selector))?.evaluate((element) =>
			(element as unknown as { click(): void }).click(),
		);
	}

	/** Run an operation: once more where the page was not ready and lost the click. */
	async function run({ execute, status }: ReturnType<typeof inBlock>): Promise<void> {
		await expect
			.poll(
				async () => {
					await click(execute);
					const shown = await page.waitForSelector(status, { timeout: 15_000 });
					return shown?.evaluate((element) => element.textContent);
				},
				{ timeout: PATIENCE_MS },
			)
			.toMatch(/^200/);
	}

	/** Nothing is asked of another origin, and nothing of what the page does is forbidden to it. */
	function expectQuiet(): void {
		const others = watched.requests.filter((url) => !/^(data|blob):/.test(url) && !url.startsWith(`${service.url}/`));
		expect(others).toEqual([]);
		expect(watched.complaints).toEqual([]);
	}

	it.skipIf(!engine.isInstalled)(
		"lists every operation, runs one, and sends an image to another",
		async () => {
			expect(await page.$$eval(".opblock", (blocks) => blocks.length)).toBe(operations);

			const health = inBlock("health-getHealth");
			await click(health.head);
			await run(health);

			const segment = inBlock("segment-segmentImage");
			await click(segment.head);
			const field = (await page.waitForSelector(segment.file)) as ElementHandle<HTMLInputElement> | null;
			await field?.uploadFile(PHOTOGRAPH);
			await run(segment);
			await page.waitForFunction(`document.querySelector(${JSON.stringify(segment.picture)})?.naturalWidth > 0`);
			expectQuiet();
		},
		PATIENCE_MS,
	);

	it.skipIf(!engine.isInstalled)("would be told of styles and scripts within it", async () => {
		const other = await running.browser.newPage();
		const { complaints } = await watch(other);
		await other.goto(`${service.url}/docs/`);
		await other.evaluate(`
			document.body.innerHTML = '<p style="color: red"></p>';
			document.body.append(Object.assign(document.createElement("script"), { textContent: "0" }));
		`);
		await expect.poll(() => complaints.join("\n")).toMatch(/style-src/);
		await expect.poll(() => complaints.join("\n")).toMatch(/script-src/);
		await other.close();
	});
});
