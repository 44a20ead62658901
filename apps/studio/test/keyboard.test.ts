import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { isFull } from "../../../fixtures/is-full.ts";
import { dropFiles, isFine, isReady } from "./support/page.ts";
import { CHROMIUM, hasBrowser, PATIENCE_MS, QUICK, useStudio } from "./support/studio.ts";

/** What has the focus, and whether it is seen that it has. */
function focused(page: Page) {
	return page.evaluate(() => {
		const element = document.activeElement ?? document.body;
		const shown = [element, element.closest("label") ?? element];
		const box = element.getBoundingClientRect();
		const { scrollWidth, scrollHeight } = document.documentElement;
		return {
			name: element.getAttribute("aria-label") ?? element.textContent?.trim() ?? "",
			isBody: element === document.body,
			isOutlined:
				element.matches(":focus-visible") &&
				shown.some((part) => {
					const { outlineStyle, outlineWidth } = getComputedStyle(part);
					return outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0;
				}),
			isOnPage: box.right > 0 && box.bottom > 0 && box.left < scrollWidth && box.top < scrollHeight,
		};
	});
}

/** Press Tab until something is reached; all that is passed shows its focus. */
async function tabTo(page: Page, name: string | RegExp, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
	const passed: string[] = [];
	for (let presses = 0; presses < 80; presses++) {
		await page.keyboard.press(key);
		const at = await focused(page);
		if (!at.isBody) {
			expect(at).toMatchObject({ isOutlined: true, isOnPage: true });
		}
		if (typeof name === "string" ? at.name === name : name.test(at.name)) {
			return;
		}
		passed.push(at.name);
	}
	throw new Error(`${name} is not reached, only ${passed.join(", ")}.`);
}

const count = (page: Page) => page.locator(".list-head span").innerText();

describe.skipIf(!hasBrowser)(
	`the keyboard alone, in Chromium (skipped unless ${CHROMIUM} is there)`,
	{
		timeout: PATIENCE_MS,
	},
	() => {
		const studio = useStudio();

		it("goes from the welcome page to a saved file, and the focus is always seen", async () => {
			const page = await studio.open({ path: `/${QUICK}` });
			await page.getByRole("list", { name: "Example photographs" }).getByRole("button").first().waitFor();
			await tabTo(page, /cup on a table/);
			await page.keyboard.press("Enter");
			await isReady(page);

			await tabTo(page, "Brush");
			const tip = page.locator(".tip");
			await expect.poll(() => tip.innerText()).toBe("BrushB");
			await page.keyboard.press("Enter");
			await tip.waitFor({ state: "detached" });
			expect(await page.getByRole("button", { name: "Brush" }).getAttribute("aria-pressed")).toBe("true");
			for (const [key, name] of [
				["e", "Eraser"],
				["l", "Lasso"],
				["h", "Move the picture"],
				["v", "Select segments"],
			]) {
				await page.keyboard.press(key);
				await expect.poll(() => page.getByRole("button", { name }).getAttribute("aria-pressed")).toBe("true");
			}

			await tabTo(page, "Shape");
			await page.keyboard.press("ArrowRight");
			await expect.poll(() => count(page)).toMatch(/^\d+ segments$/);
			const before = await count(page);
			await page.keyboard.press("w");
			await expect.poll(() => count(page)).toBe(`${before}, 1 selected`);
			await page.keyboard.press(".");
			await expect.poll(() => count(page)).toMatch(/, 2 selected$/);
			const finer = await count(page);
			await page.keyboard.press("m");
			await expect.poll(() => count(page)).toBe(`${before}, 1 selected`);
			await page.keyboard.press("Control+z");
			await expect.poll(() => count(page)).toContain(finer.replace(/,.*/, ""));
			await page.keyboard.press("Control+y");
			await expect.poll(() => count(page)).toBe(`${before}, 1 selected`);
			await page.keyboard.press("Control+a");
			await page.keyboard.press("m");
			await expect.poll(() => count(page)).toBe("1 segment, 1 selected");
			await page.keyboard.press("Control+z");
			await expect.poll(() => count(page)).toContain(before);
			await page.keyboard.press("Escape");
			await expect.poll(() => count(page)).toBe(before);
			expect((await focused(page)).isBody).toBe(false);

			await page.keyboard.press("F2");
			expect((await focused(page)).isBody).toBe(false);
		});

		it.runIf(isFull)("splits clusters into their connected parts", async () => {
			const page = await studio.open({ path: "/#clusters=4" });
			await page.getByRole("list", { name: "Example photographs" }).getByRole("button").first().waitFor();
			await tabTo(page, /cup on a table/);
			await page.keyboard.press("Enter");
			await isReady(page);
			await tabTo(page, "Shape");
			await page.keyboard.press("ArrowRight");
			await expect.poll(() => count(page)).toBe("4 segments");
			await page.keyboard.press("Control+a");
			await page.keyboard.press("s");
			await expect.poll(async () => Number.parseInt(await count(page), 10)).toBeGreaterThan(4);
		});

		it("moves the picture, and comes back from dialogs to where it was", async () => {
			const page = await studio.open({ path: `/${QUICK}` });
			await page.getByRole("list", { name: "Example photographs" }).getByRole("button").first().waitFor();
			await tabTo(page, /cup on a table/);
			await page.keyboard.press("Enter");
			await isReady(page);
			await tabTo(page, /Arrow keys move it/);
			const zoom = page.locator(".stage-zoom");
			const fit = await zoom.innerText();
			await page.keyboard.press("+");
			await expect.poll(() => zoom.innerText()).not.toBe(fit);
			await page.keyboard.press("1");
			await expect.poll(() => zoom.innerText()).toBe("100 %");
			for (const [key, back, scale] of [
				["ArrowLeft", "ArrowRight", "195 %"],
				["ArrowUp", "ArrowDown", "381 %"],
			]) {
				await page.keyboard.press("+");
				await page.keyboard.press("+");
				await page.keyboard.press("+");
				await expect.poll(() => zoom.innerText()).toBe(scale);
				await isFine(page);
				const still = await page.locator(".stage").screenshot();
				await page.keyboard.press(key);
				await expect.poll(async () => still.equals(await page.locator(".stage").screenshot())).toBe(false);
				await page.keyboard.press(back);
				await expect.poll(async () => still.equals(await page.locator(".stage").screenshot())).toBe(true);
			}
			await page.keyboard.press("0");
			await expect.poll(() => zoom.innerText()).toBe(fit);

			const picture = (await focused(page)).name;
			await page.keyboard.press("?");
			const keys = page.getByRole("dialog", { name: "Keys" });
			await keys.waitFor();
			await page.keyboard.press("Escape");
			await keys.waitFor({ state: "detached" });
			expect(await focused(page)).toMatchObject({ name: picture, isOutlined: true });

			await tabTo(page, "Export", "Shift+Tab");
			await page.keyboard.press("Enter");
			const dialog = page.getByRole("dialog", { name: "Export" });
			await dialog.waitFor();
			await tabTo(page, "Save");
			const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
			expect(download.suggestedFilename()).toBe("coffee-labels.png");
			expect((await readFile(await download.path())).subarray(1, 4).toString()).toBe("PNG");
			await page.keyboard.press("Escape");
			await dialog.waitFor({ state: "detached" });
			expect(await focused(page)).toMatchObject({ name: "Export", isOutlined: true });

			await dropFiles(page, { name: "notes.json", bytes: Buffer.from("{}") });
			const message = page.getByRole("alert").filter({ hasText: "notes.json" });
			await message.waitFor();
			await page.keyboard.press("F8");
			await tabTo(page, "Dismiss");
			await page.keyboard.press("Enter");
			await message.waitFor({ state: "detached" });
		});
	},
);
