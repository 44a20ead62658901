import { readFile } from "node:fs/promises";
import type { CDPSession } from "playwright-core";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { isFull } from "../../../fixtures/is-full.ts";
import { dropFiles, exampleFile, isReady } from "./support/page.ts";
import { serveStaticStudio } from "./support/static-studio.ts";
import { CHROMIUM, hasBrowser, PATIENCE_MS, QUICK, useSite } from "./support/studio.ts";

const PICTURES = isFull ? 50 : 8;
/** Picture after which everything has been needed once. */
const EARLY = 5;
/** Looks that one number is made of: what is garbage at one look and not at the next is a tenth of all. */
const LOOKS = 3;
const MOST_GROWTH = 1.2;

/** Bytes that the processes of pages hold in memory, after their garbage was collected. */
async function pageMemory(browser: CDPSession, page: CDPSession): Promise<number> {
	await page.send("HeapProfiler.collectGarbage");
	const { processInfo } = await browser.send("SystemInfo.getProcessInfo");
	const renderers = processInfo.filter(({ type }) => type === "renderer");
	const sizes = await Promise.all(
		renderers.map(async ({ id }) => {
			const status = await readFile(`/proc/${id}/status`, "utf8").catch(() => "");
			return 1024 * Number(/^RssAnon:\s+(\d+)/m.exec(status)?.[1] ?? 0);
		}),
	);
	return sizes.reduce((sum, size) => sum + size, 0);
}

const mean = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0) / sizes.length;

describe.skipIf(!hasBrowser || process.platform !== "linux")(
	`the memory of a page that is its own engine, in Chromium (skipped unless ${CHROMIUM} is there, on Linux)`,
	{ timeout: (isFull ? 5 : 1) * PATIENCE_MS },
	() => {
		const tests = useSite(() => serveStaticStudio());

		it(`is after ${PICTURES} pictures at most ${MOST_GROWTH} times what it was after ${EARLY}`, async () => {
			const page = await tests.open({ path: QUICK });
			const client = await page.context().newCDPSession(page);
			const browser = await page.context().browser()?.newBrowserCDPSession();
			const { bytes } = await exampleFile("coffee.jpg");
			const jpeg = await sharp(bytes).resize(900).jpeg().toBuffer();
			const sizes: number[] = [];
			for (let picture = 0; picture < PICTURES; picture++) {
				// Bytes behind the end make another file of the same picture: nothing is known of it.
				const name = `${picture}.jpg`;
				await dropFiles(page, { name, bytes: Buffer.concat([jpeg, Buffer.from(name)]) });
				await isReady(page);
				await page.getByRole("button", { name: `Close ${name}`, exact: true }).click();
				await page.getByRole("heading", { name: "Drop a photograph" }).waitFor();
				sizes.push(await pageMemory(browser as CDPSession, client));
			}
			const [early, late] = [EARLY, PICTURES].map((end) => mean(sizes.slice(end - LOOKS, end)));
			expect(early).toBeGreaterThan(0);
			expect(late / early, sizes.map((size) => (size / 1e6).toFixed(0)).join(" ")).toBeLessThan(MOST_GROWTH);
		});
	},
);
