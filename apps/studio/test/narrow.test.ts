import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { isFull } from "../../../fixtures/is-full.ts";
import { dropFiles, exampleFile, isReady, listedSegments, openExample, pickSegment, showTab } from "./support/page.ts";
import { CHROMIUM, hasBrowser, PATIENCE_MS, useStudio } from "./support/studio.ts";

type Touches = readonly (readonly [x: number, y: number])[];

/** Put fingers on the screen, move them, and take them away. @param steps where the fingers are, one after the other. */
async function touch(page: Page, ...steps: readonly Touches[]): Promise<void> {
	const client = await page.context().newCDPSession(page);
	for (const [index, fingers] of steps.entries()) {
		await client.send("Input.dispatchTouchEvent", {
			type: index === 0 ? "touchStart" : "touchMove",
			touchPoints: fingers.map(([x, y], id) => ({ x, y, id })),
		});
	}
	await client.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
	await client.detach();
}

/** Controls that are cut off by the page, or that lie so that nobody can scroll to them. */
function unreachable(page: Page): Promise<string[]> {
	return page.evaluate(() =>
		[...document.querySelectorAll<HTMLElement>("button, input, select, [role=slider], summary, a")]
			.filter((control) => control.checkVisibility() && getComputedStyle(control).pointerEvents !== "none")
			.filter((control) => {
				control.scrollIntoView({ block: "center", inline: "center" });
				const { left, right, top, bottom } = control.getBoundingClientRect();
				const [x, y] = [(left + right) / 2, (top + bottom) / 2];
				const hit = document.elementFromPoint(x, y);
				return hit === null || !(control.contains(hit) || hit.closest("label, li, [role=slider]")?.contains(control));
			})
			.map((control) => control.outerHTML.slice(0, 120)),
	);
}

describe.skipIf(!hasBrowser || !isFull)(
	`on a telephone, in Chromium (in npm run soak, where ${CHROMIUM} is there)`,
	{
		timeout: PATIENCE_MS,
	},
	() => {
		const studio = useStudio();
		const open = (width: number, height: number) =>
			studio.open({ viewport: { width, height }, hasTouch: true, isMobile: true });
		const overflow = (page: Page) =>
			page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

		it.each([
			[390, 844],
			[320, 640],
			[844, 390],
		])("nothing is wider than the page, and every control is reached: %i x %i", async (width, height) => {
			const page = await open(width, height);
			await page.getByRole("list", { name: "Example photographs" }).getByRole("button").first().waitFor();
			expect([await overflow(page), await unreachable(page)]).toEqual([0, []]);
			const { bytes } = await exampleFile("coffee.jpg");
			await dropFiles(page, { name: "a cup of coffee that stands on a table, with a long name.jpg", bytes });
			await isReady(page);
			await page.getByText("Fine tuning").click();
			for (const tab of ["Shape", "Segments", "View"] as const) {
				await showTab(page, tab);
				expect([tab, await overflow(page), await unreachable(page)]).toEqual([tab, 0, []]);
			}
			await page.getByRole("button", { name: "Brush" }).click();
			expect([await overflow(page), await unreachable(page)]).toEqual([0, []]);
			await page.keyboard.press("Control+s");
			const dialog = page.getByRole("dialog", { name: "Export" });
			await dialog.waitFor();
			const { x = -1, width: shown = Number.NaN } = (await dialog.boundingBox()) ?? {};
			expect([await overflow(page), x >= 0 && x + shown <= width]).toEqual([0, true]);
			expect(await dialog.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
		});

		it("one finger paints, two zoom and take back what the first began", async () => {
			const page = await open(390, 844);
			await openExample(page, /cup on a table/);
			const before = await listedSegments(page);
			const smallest = before.at(-1)?.name ?? "";
			await pickSegment(page, smallest);
			await page.getByRole("button", { name: "Brush" }).tap();
			const zoom = page.locator(".stage-zoom");
			const fit = await zoom.innerText();
			await touch(
				page,
				[[120, 230]],
				[
					[120, 230],
					[270, 230],
				],
				[
					[80, 230],
					[310, 230],
				],
			);
			await expect.poll(() => zoom.innerText()).not.toBe(fit);
			expect(await listedSegments(page)).toEqual(before);
			await page.keyboard.press("0");
			await expect.poll(() => zoom.innerText()).toBe(fit);

			await touch(page, [[100, 200]], [[180, 220]], [[260, 200]]);
			await expect.poll(() => listedSegments(page)).not.toEqual(before);
			const painted = (await listedSegments(page)).find(({ name }) => name === smallest);
			expect(Number.parseFloat(painted?.share ?? "0")).toBeGreaterThan(2);
			await page.getByRole("button", { name: "Undo: Paint" }).tap();
			await expect.poll(() => listedSegments(page)).toEqual(before);
		});
	},
);
