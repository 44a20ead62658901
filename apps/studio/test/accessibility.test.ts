import { describe, expect, it } from "vitest";
import { isFull } from "../../../fixtures/is-full.ts";
import { dropFiles, openExample, pickSegment, showTab } from "./support/page.ts";
import { CHROMIUM, hasBrowser, PATIENCE_MS, QUICK, useStudio } from "./support/studio.ts";
import { violations } from "./support/violations.ts";

const WIDE = { width: 840, height: 600 };
const TELEPHONE = { width: 390, height: 844 };
/** What 200 % make of 1280 x 800. */
const ENLARGED = { width: 640, height: 400 };
const NARROW = isFull ? [TELEPHONE, ENLARGED] : [TELEPHONE];
/** For what has few controls of its own, or those of another panel. */
const NARROW_OF_FEW = isFull ? NARROW : [];
/** What the width can change: names that are not shown, targets that are too small, what scrolls without the keyboard. */
const NARROW_RULES = [
	"button-name",
	"link-name",
	"label",
	"target-size",
	"scrollable-region-focusable",
	"color-contrast",
];

describe.skipIf(!hasBrowser)(
	`for everybody, in Chromium (skipped unless ${CHROMIUM} is there)`,
	{
		timeout: 2 * PATIENCE_MS,
	},
	() => {
		const studio = useStudio();

		it("axe finds nothing wrong, in light and dark, wide and narrow, and nothing moves where people want no motion", async () => {
			studio.forgive(/status of 4\d\d/);
			const page = await studio.open({ path: `/${QUICK}`, colorScheme: "light", reducedMotion: "reduce" });
			const inBoth = async (where: string, narrow = NARROW): Promise<void> => {
				const show = (theme: string) =>
					page.evaluate((name) => document.documentElement.setAttribute("data-theme", name), theme);
				expect(await violations(page), `${where}, light`).toEqual([]);
				// Of all rules, only this one is about colours.
				await show("dark");
				expect(await violations(page, ["color-contrast"]), `${where}, dark`).toEqual([]);
				await show("light");
				for (const size of narrow) {
					await page.setViewportSize(size);
					expect(await violations(page, NARROW_RULES), `${where}, ${size.width} x ${size.height}`).toEqual([]);
				}
				await page.setViewportSize(WIDE);
			};
			await page.getByRole("list", { name: "Example photographs" }).getByRole("button").first().waitFor();
			await inBoth("welcome");
			await openExample(page, /cup on a table/);
			const moving = await page.evaluate(() => document.getAnimations().map((animation) => animation.playState));
			expect(moving.filter((state) => state === "running")).toEqual([]);
			await page.getByText("Fine tuning").click();
			await inBoth("shape");
			await showTab(page, "Segments");
			await pickSegment(page, "segment-1");
			await page.keyboard.press("i");
			await page.locator(".explained").waitFor();
			await inBoth("segments");
			await page.keyboard.press("Escape");
			await showTab(page, "View");
			await page.getByLabel("Compare side by side").check();
			await inBoth("view", NARROW_OF_FEW);
			await page.keyboard.press("?");
			await page.getByRole("dialog", { name: "Keys" }).waitFor();
			await inBoth("keys", NARROW_OF_FEW);
			await page.keyboard.press("Escape");
			await page.getByRole("dialog").waitFor({ state: "detached" });
			await page.getByRole("button", { name: "Export" }).click();
			await page.getByRole("dialog", { name: "Export" }).getByText("COCO", { exact: true }).click();
			await inBoth("export");
			await page.keyboard.press("Escape");
			await dropFiles(page, { name: "notes.txt", bytes: Buffer.from("no picture") });
			await page.getByRole("button", { name: "Try again" }).waitFor();
			await inBoth("failed", NARROW_OF_FEW);
		});
	},
);
