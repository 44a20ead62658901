import { rm } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { isFull } from "../../../fixtures/is-full.ts";
import { pngHeader } from "../../../packages/node/test/support/make-image.ts";
import {
	chooseClusters,
	dropFiles,
	exampleFile,
	hasSegments,
	isKept,
	isReady,
	listedSegments,
	openExample,
	renameAndKeep,
	showTab,
} from "./support/page.ts";
import { CHROMIUM, hasBrowser, PATIENCE_MS, QUICK, useStudio } from "./support/studio.ts";

/** A promise, and what fulfils it. */
function gate(): { readonly opened: Promise<void>; open(): void } {
	let open = (): void => undefined;
	const opened = new Promise<void>((resolve) => {
		open = resolve;
	});
	return { opened, open };
}

describe.skipIf(!hasBrowser)(
	`faults, in Chromium (skipped unless ${CHROMIUM} is there)`,
	{
		timeout: PATIENCE_MS,
	},
	() => {
		const studio = useStudio({ maxPixels: 1_000_000 });

		it.each([
			...(isFull ? [{ answer: "pixels", says: "Reading the picture" }] : []),
			{ answer: "tokens", says: "Looking at the picture" },
		])(
			"says what it does while the $answer are on their way, and lets the picture be closed",
			async ({ answer, says }) => {
				const page = await studio.open({ path: `/${QUICK}` });
				const { opened, open } = gate();
				await page.context().route(new RegExp(`/${answer}(\\?|$)`), async (route) => {
					await opened;
					await route.continue().catch(() => undefined);
				});
				await dropFiles(page, "coffee.jpg");
				await page.getByRole("status").filter({ hasText: says }).waitFor();
				await page.getByRole("button", { name: "coffee.jpg, working" }).waitFor();

				// The page does everything else meanwhile.
				await page.keyboard.press("?");
				await page.getByRole("dialog", { name: "Keys" }).getByRole("button", { name: "Close" }).click();
				await showTab(page, "View");
				await showTab(page, "Shape");
				await page.getByRole("button", { name: "Close coffee.jpg" }).click();
				await page.getByRole("heading", { name: "Drop a photograph" }).waitFor();

				open();
				await openExample(page, /cat/i);
				await isKept(page, 1, 0);
				await page.reload();
				await isReady(page);
				expect(await page.locator(".frame-name").allInnerTexts()).toEqual(["cat.jpg"]);
			},
		);

		it("loses nothing when the service is killed and starts again without its files", async () => {
			studio.forgive(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|404/);
			const { service } = studio;
			const port = Number(new URL(service.url).port);
			const page = await studio.open({ path: `/${QUICK}` });
			await openExample(page, /coffee/i);
			await service.close();

			// What needs no network goes on.
			await chooseClusters(page, 3);
			const before = await listedSegments(page);
			await dropFiles(page, "cat.jpg");
			const failed = page.getByRole("alert").filter({ hasText: "cat.jpg" });
			expect(await failed.innerText()).toContain("The service does not answer. Start it again with `dinoseg serve`");
			await page.getByRole("button", { name: "coffee.jpg" }).first().click();
			await showTab(page, "Shape");
			await page.getByText("Fine tuning").click();
			const median = page.getByRole("slider", { name: "Median blur" });
			await median.press("Home");
			await page.locator(".toast").filter({ hasText: "The service does not answer" }).waitFor();
			await expect.poll(() => median.getAttribute("aria-valuetext")).toBe("5 px");
			expect(await listedSegments(page)).toEqual(before);

			await rm(service.folder, { recursive: true });
			await service.restart({ workers: 1, maxPixels: 1_000_000, port });
			await showTab(page, "Shape");
			await page.getByText("Fine tuning").click();
			await page.getByRole("slider", { name: "Median blur" }).press("Home");
			await isReady(page);
			await hasSegments(page, 3);
			await page.getByRole("button", { name: "cat.jpg, failed" }).click();
			await page.getByRole("button", { name: "Try again" }).click();
			await isReady(page);
			expect(await hasSegments(page)).toBeGreaterThan(1);
		});

		it("starts what computes again when it has stopped, with everything that was done", async () => {
			studio.forgive(/thrown by the test/);
			const page = await studio.open({ path: `/${QUICK}` });
			await openExample(page, /coffee/i);
			await chooseClusters(page, 3);
			await renameAndKeep(page, "segment-0", "kept");
			const before = await listedSegments(page);
			const [worker] = page.workers();
			await worker.evaluate(() => {
				queueMicrotask(() => {
					throw new Error("thrown by the test");
				});
			});
			await page.locator(".toast").filter({ hasText: "starts again" }).waitFor();
			await isReady(page);
			expect(await listedSegments(page)).toEqual(before);
			await chooseClusters(page, 2);
		});

		it("says in the picture why a file cannot be opened, and opens the others", async () => {
			studio.forgive(/status of 4\d\d/);
			const page = await studio.open({ path: `/${QUICK}` });
			const { bytes } = await exampleFile("cat.jpg");
			const failures = [
				{ name: "large.png", bytes: pngHeader(2000, 1000), says: /2000 x 1000.*1,?000,?000/s },
				{ name: "damaged.jpg", bytes: bytes.subarray(0, 300), says: /damaged|corrupt|cannot be (read|decoded)/i },
				{ name: "notes.txt", bytes: Buffer.from("no picture"), says: /JPEG, PNG/ },
				{ name: "empty.png", bytes: new Uint8Array(), says: /zero bytes/ },
			];
			await dropFiles(page, ...failures, "coffee.jpg");
			for (const { name, says } of failures) {
				await page.getByRole("button", { name: `${name}, failed`, exact: true }).click();
				const alert = page.getByRole("alert").filter({ hasText: name });
				expect(await alert.locator("p").innerText()).toMatch(says);
				await alert.getByRole("button", { name: "Try again" }).click();
				await page.getByRole("button", { name: `${name}, failed`, exact: true }).waitFor();
				expect(await alert.locator("p").innerText()).toMatch(says);
				await page.getByRole("button", { name: `Close ${name}`, exact: true }).click();
			}
			expect(await page.locator(".frame-name").allInnerTexts()).toEqual(["coffee.jpg"]);
			await isReady(page);
			expect(await hasSegments(page)).toBeGreaterThan(1);
		});
	},
);
