import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { serveFolder } from "../../../fixtures/serve-folder.ts";
import { chooseClusters, dropFiles, hasSegments, isReady, pickSegment, saveExport } from "./support/page.ts";
import { STATIC_STUDIO, serveStaticStudio } from "./support/static-studio.ts";
import { CHROMIUM, hasBrowser, PATIENCE_MS, QUICK, useSite } from "./support/studio.ts";

/** Wait until the browser keeps the page. */
async function isKeptOffline(page: Page): Promise<void> {
	await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
}

const isIsolated = (page: Page): Promise<boolean> => page.evaluate(() => crossOriginIsolated);

describe.skipIf(!hasBrowser)(
	`the static build of the studio, in Chromium (skipped unless ${CHROMIUM} is there)`,
	{ timeout: PATIENCE_MS },
	() => {
		const tests = useSite(() => serveStaticStudio());

		it("can be installed, needs no network after the first visit, and is isolated from the second on", async () => {
			const page = await tests.open({ path: QUICK });
			await isKeptOffline(page);
			expect(await isIsolated(page)).toBe(false);
			const client = await page.context().newCDPSession(page);
			const { installabilityErrors } = await client.send("Page.getInstallabilityErrors");
			expect(installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito")).toEqual([]);
			await page.context().setOffline(true);
			const { asked } = tests.site;
			const before = asked.length;

			await dropFiles(page, "coffee.jpg");
			await isReady(page);
			await chooseClusters(page, 4);
			await pickSegment(page, "segment-0");
			await pickSegment(page, "segment-1", true);
			await page.keyboard.press("m");
			await hasSegments(page, 3);
			const labels = await saveExport(page, "Label map");

			await page.reload();
			await isReady(page);
			await hasSegments(page, 3);
			expect((await saveExport(page, "Label map")).equals(labels)).toBe(true);
			expect(await isIsolated(page)).toBe(true);
			// The browser looks for a newer version.
			expect(asked.slice(before).filter((path) => !path.endsWith("/service-worker.js"))).toEqual([]);

			await page.context().setOffline(false);
			await using elsewhere = await serveFolder(STATIC_STUDIO);
			const reach = (url: string) => fetch(url, { mode: "no-cors" }).then(Boolean, () => false);
			// The threads of a network listen to nobody.
			const workers = page.workers().filter((worker) => !worker.url().endsWith(".mjs"));
			const reached = await Promise.all(workers.map((worker) => worker.evaluate(reach, elsewhere.url)));
			expect([reached.length, new Set(reached)]).toEqual([2, new Set([false])]);
			expect(elsewhere.asked).toEqual([]);
		});

		it("has a name, and an icon of each kind and size", async () => {
			const manifest = JSON.parse(await readFile(join(STATIC_STUDIO, "manifest.webmanifest"), "utf8"));
			expect(manifest).toMatchObject({ start_url: "./", scope: "./", display: "standalone" });
			expect(manifest.name).toBe("dinoseg studio");
			for (const purpose of ["any", "maskable"]) {
				const icons = manifest.icons.filter((icon: { readonly purpose: string }) => icon.purpose === purpose);
				for (const { src, sizes } of icons) {
					const { width, height, format } = await sharp(join(STATIC_STUDIO, src)).metadata();
					expect([`${width}x${height}`, format]).toEqual([sizes, "png"]);
				}
				expect(icons.map(({ sizes }: { readonly sizes: string }) => sizes)).toEqual(["192x192", "512x512"]);
			}
		});

		it("shows a newer version once all tabs of the former are closed, and loads no page again by itself", async () => {
			const page = await tests.open();
			await isKeptOffline(page);
			const { site } = tests;
			await site.publish((text) => text.replace("<title>dinoseg", "<title>newer dinoseg"));
			const before = site.asked.length;
			let loads = 0;
			page.on("load", () => loads++);
			await page.reload();
			await page.locator(".toast").filter({ hasText: "A newer studio is here" }).waitFor();
			expect([await page.title(), loads]).toEqual(["dinoseg studio", 1]);
			// What did not change is not fetched again.
			expect(site.asked.slice(before).filter((path) => path.endsWith(".wasm"))).toEqual([]);

			await page.close();
			const context = page.context();
			await expect
				.poll(async () => {
					const next = await tests.open({ context });
					const title = await next.title();
					await next.close();
					return title;
				})
				.toBe("newer dinoseg studio");
			const last = await tests.open({ context });
			const kept = () => last.evaluate(async () => (await (await caches.open((await caches.keys())[0])).keys()).length);
			const needed = (await readFile(join(STATIC_STUDIO, "service-worker.js"), "utf8")).match(/isNeeded:!0/g);
			await expect.poll(kept).toBe(needed?.length);
		});
	},
);
