import type { Page } from "playwright-core";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { isFull } from "../../../fixtures/is-full.ts";
import { dropFiles, exampleFile, hasSegments, isReady, listedSegments, pickSegment } from "./support/page.ts";
import { CHROMIUM, hasBrowser, PATIENCE_MS, QUICK, useStudio } from "./support/studio.ts";

/** Drag the mouse over the picture. @param points from its middle, in CSS pixels. */
async function drag(page: Page, ...points: readonly (readonly [x: number, y: number])[]): Promise<void> {
	const box = await page.locator(".stage").boundingBox();
	if (box === null) {
		throw new Error("There is no stage.");
	}
	const [middleX, middleY] = [box.x + box.width / 2, box.y + box.height / 2];
	const [[startX, startY], ...others] = points;
	await page.mouse.move(middleX + startX, middleY + startY);
	await page.mouse.down();
	for (const [x, y] of others) {
		await page.mouse.move(middleX + x, middleY + y, { steps: 5 });
	}
	await page.mouse.up();
}

/** Half of its sides in `npm test`: enough that a brush which looks at each pixel of a picture is felt. */
const [WIDTH, HEIGHT] = isFull ? [4000, 3000] : [2000, 1500];

const shareOf = async (page: Page, name: string): Promise<number> =>
	Number.parseFloat((await listedSegments(page)).find((segment) => segment.name === name)?.share ?? "0");

describe.skipIf(!hasBrowser)(
	`${(WIDTH * HEIGHT) / 1e6} megapixels, in Chromium (skipped unless ${CHROMIUM} is there)`,
	{
		timeout: PATIENCE_MS,
	},
	() => {
		const studio = useStudio();

		it("are painted, cut out with the lasso and erased, and all of it is taken back", async () => {
			const { bytes } = await exampleFile("coffee.jpg");
			const large = await sharp(bytes).resize(WIDTH, HEIGHT, { fit: "fill" }).jpeg().toBuffer();
			const page = await studio.open({ path: `/${QUICK}` });
			await dropFiles(page, { name: "large.jpg", bytes: large });
			await isReady(page);
			expect(await page.locator(".picture-name span").innerText()).toBe(`${WIDTH} × ${HEIGHT}`);
			const before = await listedSegments(page);
			const smallest = before.at(-1)?.name ?? "";

			await pickSegment(page, smallest);
			await page.keyboard.press("b");
			await page.getByLabel("Size of the brush, pixels").fill(`${WIDTH / 10}`);
			const share = await shareOf(page, smallest);
			await drag(page, [-200, 0], [0, 80], [200, 0]);
			// At least the disc at its end.
			await expect.poll(() => shareOf(page, smallest)).toBeGreaterThan(share + 4);
			await page.keyboard.press("Control+z");
			await expect.poll(() => listedSegments(page)).toEqual(before);
			await page.keyboard.press("Control+y");
			await expect.poll(() => shareOf(page, smallest)).toBeGreaterThan(share + 4);

			await page.keyboard.press("e");
			await drag(page, [-200, 0], [0, 80], [200, 0]);
			await expect.poll(() => listedSegments(page)).toEqual(before);

			await page.keyboard.press("Escape");
			await page.keyboard.press("l");
			await drag(page, [-60, -60], [60, -60], [60, 60], [-60, 60]);
			await hasSegments(page, before.length + 1);
			await page.keyboard.press("Control+z");
			await hasSegments(page, before.length);
			expect(await listedSegments(page)).toEqual(before);
		});
	},
);
