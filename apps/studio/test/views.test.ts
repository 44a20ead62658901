import type { Page } from "playwright-core";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { isFull } from "../../../fixtures/is-full.ts";
import { canvasAt, fitCamera } from "../src/view/camera.ts";
import { dropFiles, type GivenFile, isFine, isReady, listedSegments, showTab } from "./support/page.ts";
import { CHROMIUM, hasBrowser, PATIENCE_MS, useStudio } from "./support/studio.ts";

const SIZE = { width: 420, height: 280 };
type Rgb = readonly number[];
const LEFT: Rgb = [200, 60, 40];
const RIGHT: Rgb = [30, 90, 200];
/** Middle of a speck, which the median takes away. */
const SPECK = { x: 100.5, y: 100.5 };
const SPECK_COLOR: Rgb = [255, 255, 255];
const [ON_LEFT, ON_RIGHT] = [
	{ x: 60, y: 60 },
	{ x: 330, y: 200 },
];

/** Two halves of one colour each, and a speck. */
async function halves(): Promise<GivenFile> {
	const data = Buffer.alloc(SIZE.width * SIZE.height * 3);
	for (let y = 0; y < SIZE.height; y++) {
		for (let x = 0; x < SIZE.width; x++) {
			const isSpeck = Math.max(Math.abs(x - 100), Math.abs(y - 100)) <= 1;
			const color = isSpeck ? SPECK_COLOR : x < SIZE.width / 2 ? LEFT : RIGHT;
			data.set(color, 3 * (y * SIZE.width + x));
		}
	}
	const bytes = await sharp(data, { raw: { ...SIZE, channels: 3 } })
		.png()
		.toBuffer();
	return { name: "halves.png", bytes };
}

/** The colours that are seen at places of the picture, while it is shown whole. */
async function seen(page: Page, ...places: readonly { readonly x: number; readonly y: number }[]): Promise<Rgb[]> {
	const stage = page.locator(".stage");
	const { data, info } = await sharp(await stage.screenshot())
		.removeAlpha()
		.raw()
		.toBuffer({ resolveWithObject: true });
	const camera = fitCamera(SIZE, info);
	return places.map((place) => {
		const { x, y } = canvasAt(camera, info, place);
		const at = 3 * (Math.floor(y) * info.width + Math.floor(x));
		return [...data.subarray(at, at + 3)];
	});
}

const near = (expected: Rgb) => expected.map((value) => expect.closeTo(value, -0.6));
const isGrey = (color: Rgb): boolean => Math.max(...color) - Math.min(...color) < 12;
const mean = (a: Rgb, b: Rgb): Rgb => a.map((value, channel) => (value + b[channel]) / 2);

describe.skipIf(!hasBrowser || !isFull)(
	`ways to look at a picture, in Chromium (in npm run soak, where ${CHROMIUM} is there)`,
	{
		timeout: PATIENCE_MS,
	},
	() => {
		const studio = useStudio();
		let photograph: GivenFile;
		beforeAll(async () => {
			photograph = await halves();
		});

		/** The picture with two regions, the panel of how it is drawn, and their colours. */
		async function open(): Promise<{ page: Page; left: Rgb; right: Rgb }> {
			const page = await studio.open({ path: "/#segments=regions&clusters=2" });
			await dropFiles(page, photograph);
			await isReady(page);
			const colors = (await listedSegments(page)).map(({ color }) =>
				[1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)),
			);
			expect(colors).toHaveLength(2);
			const [onLeft] = await seen(page, ON_LEFT);
			const distance = (color: Rgb) =>
				mean(LEFT, color).reduce((sum, value, at) => sum + Math.abs(value - onLeft[at]), 0);
			const [left, right] = distance(colors[0]) < distance(colors[1]) ? colors : colors.reverse();
			await showTab(page, "View");
			return { page, left, right };
		}
		const expectSeen = (page: Page, left: Rgb, right: Rgb) =>
			expect.poll(() => seen(page, ON_LEFT, ON_RIGHT)).toEqual([near(left), near(right)]);

		it("shows each ground, colours or outlines alone, a wipe, and the original while Tab is held", async () => {
			const { page, left, right } = await open();
			await expectSeen(page, mean(LEFT, left), mean(RIGHT, right));

			const tip = page.locator(".tip");
			await page.getByRole("button", { name: "Lasso" }).hover();
			await expect.poll(() => tip.innerText()).toBe("LassoL");
			await tip.hover();
			await page.getByRole("button", { name: "Export" }).hover();
			await tip.waitFor({ state: "detached" });

			await page.getByRole("slider", { name: "Colours" }).press("End");
			await expectSeen(page, left, right);
			await page.getByRole("slider", { name: "Colours" }).press("Home");
			await expectSeen(page, LEFT, RIGHT);
			await isFine(page);
			expect(await seen(page, SPECK)).toEqual([near(SPECK_COLOR)]);
			await page.getByRole("radio", { name: "Denoised" }).click();
			await expect.poll(() => seen(page, SPECK)).toEqual([near(LEFT)]);
			await page.getByRole("radio", { name: "None" }).click();
			// A checkerboard without a colour.
			await expect.poll(async () => (await seen(page, ON_LEFT, ON_RIGHT)).every(isGrey)).toBe(true);
			await page.getByRole("radio", { name: "Photograph" }).click();
			await expectSeen(page, LEFT, RIGHT);

			// Lines where regions meet, and nothing inside of them.
			const border = { x: SIZE.width / 2, y: 50 };
			await isFine(page);
			const [line] = await seen(page, border);
			await page.getByRole("slider", { name: "Outlines" }).press("Home");
			await expect.poll(async () => (await seen(page, border)).toString()).not.toBe(line.toString());

			await page.locator(".stage").click({ position: { x: 3, y: 100 } });
			await page.keyboard.press("o");
			await expectSeen(page, mean(LEFT, left), mean(RIGHT, right));
			await page.keyboard.press("o");
			await expectSeen(page, LEFT, RIGHT);
			await expect.poll(async () => (await seen(page, border)).toString()).toBe(line.toString());
			await page.keyboard.press("o");
			await expectSeen(page, mean(LEFT, left), mean(RIGHT, right));

			await page.keyboard.press("c");
			await expectSeen(page, LEFT, mean(RIGHT, right));
			await page.keyboard.press("c");
			await expectSeen(page, mean(LEFT, left), mean(RIGHT, right));
			await page.keyboard.down("Tab");
			await expectSeen(page, LEFT, RIGHT);
			await page.keyboard.up("Tab");
			await expectSeen(page, mean(LEFT, left), mean(RIGHT, right));
		});

		it("lays each layer over the picture, and takes it away again", async () => {
			const { page } = await open();
			const across = Array.from({ length: 9 }, (_, at) => ({ x: SIZE.width / 2 - 2 + at / 2, y: 140.5 }));
			const colors = async () => (await seen(page, ON_LEFT, ON_RIGHT, ...across)).join(" ");
			// What would be drawn over it.
			await page.getByRole("slider", { name: "Colours" }).press("Home");
			await page.getByRole("slider", { name: "Outlines" }).press("Home");
			await expectSeen(page, LEFT, RIGHT);
			const plain = await colors();
			const layers = await page
				.locator("#layer option")
				.evaluateAll((options) =>
					options.map((option) => (option as HTMLOptionElement).value).filter((value) => value !== "none"),
				);
			expect(layers.length).toBeGreaterThan(3);
			for (const layer of layers) {
				await page.getByLabel("Lay over it").selectOption(layer);
				if (layer === "similarity") {
					await page.getByRole("tab", { name: "View" }).press("w");
				}
				await expect.poll(colors, { message: layer }).not.toBe(plain);
				await page.getByLabel("Lay over it").selectOption("none");
				await page.getByRole("tab", { name: "View" }).press("Escape");
				await expect.poll(colors, { message: `without ${layer}` }).toBe(plain);
			}
		});

		it("has a small map while only a part is seen, which leads elsewhere", async () => {
			const { page } = await open();
			const map = page.locator(".minimap");
			expect(await map.isVisible()).toBe(false);
			for (const _ of [1, 2, 3, 4]) {
				await page.keyboard.press("+");
			}
			await map.waitFor();
			const middle = async () => {
				const { data, info } = await sharp(await page.locator(".stage").screenshot())
					.removeAlpha()
					.raw()
					.toBuffer({ resolveWithObject: true });
				const at = 3 * ((info.height >> 1) * info.width + (info.width >> 1));
				return [...data.subarray(at, at + 3)].join();
			};
			const places: string[] = [];
			for (const x of [30, 130]) {
				await map.click({ position: { x, y: 50 } });
				await expect.poll(async () => places.includes(await middle())).toBe(false);
				places.push(await middle());
			}
			await page.keyboard.press("0");
			await map.waitFor({ state: "hidden" });
		});
	},
);
