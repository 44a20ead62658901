/** `npx tsx scripts/studio-pictures.ts`: makes the pictures of the studio's states in docs/images/studio, with Chromium. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { dropFiles, isReady, openExample } from "../apps/studio/test/support/page.ts";
import { startChromium } from "../apps/studio/test/support/studio.ts";
import { startServiceProcess } from "../fixtures/service-load.ts";
import { ROOT } from "./workspaces.ts";

const FOLDER = `${ROOT}docs/images/studio`;
const WIDE = { width: 1280, height: 800 };
/** States of which there is a picture in light colours too. */
const IN_LIGHT = ["regions", "compare"];
const NARROW = { width: 390, height: 844 };

/** How a picture comes about, from the one before. */
interface State {
	readonly name: string;
	readonly viewport?: { readonly width: number; readonly height: number };
	make(page: Page): Promise<void>;
}

const key = (name: string) => async (page: Page) => {
	await page.locator(".stage > .picture").focus();
	await page.keyboard.press(name);
};
const tab = async (page: Page, name: string): Promise<void> => {
	await page.getByRole("tab", { name }).click();
};

const STATES: readonly State[] = [
	{ name: "welcome", make: async (page) => page.getByRole("heading", { name: "Drop a photograph" }).waitFor() },
	{ name: "regions", make: (page) => openExample(page, /collins/i) },
	{
		name: "alike",
		async make(page) {
			await tab(page, "Segments");
			const box = await page.locator(".stage > .picture").boundingBox();
			if (box) {
				await page.mouse.click(box.x + 0.46 * box.width, box.y + 0.62 * box.height);
			}
			await key("i")(page);
			await page.locator(".explained").waitFor();
		},
	},
	{
		name: "clusters",
		async make(page) {
			await key("Escape")(page);
			await tab(page, "Shape");
			await page.getByRole("radio", { name: "Clusters" }).click();
			await page.getByRole("slider", { name: "Number of clusters" }).waitFor();
			await isReady(page);
			await page.getByText("Fine tuning").click();
		},
	},
	{
		name: "compare",
		async make(page) {
			await tab(page, "View");
			await key("c")(page);
		},
	},
	{
		name: "export",
		async make(page) {
			await key("c")(page);
			await page.getByRole("button", { name: "Export" }).click();
			await page.getByRole("dialog").waitFor();
		},
	},
	{
		name: "failed",
		async make(page) {
			await page.keyboard.press("Escape");
			await dropFiles(page, { name: "notes.jpg", bytes: new TextEncoder().encode("no picture") });
			await page.getByRole("alert").waitFor();
		},
	},
	{
		name: "narrow",
		viewport: NARROW,
		async make(page) {
			await page.getByRole("button", { name: /^astronaut/ }).click();
			await tab(page, "Segments");
		},
	},
];

await mkdir(FOLDER, { recursive: true });
const kept = await mkdtemp(join(tmpdir(), "dinoseg-pictures-"));
const service = await startServiceProcess(kept);
for (const colorScheme of ["dark", "light"] as const) {
	await using browser = await startChromium();
	const page = await browser.newPage({ viewport: WIDE, colorScheme });
	await page.goto(service.url);
	for (const { name, viewport = WIDE, make } of STATES) {
		await page.setViewportSize(viewport);
		await make(page);
		// Tips and the finest frame come after a moment.
		await page.mouse.move(5, 5);
		await page.waitForTimeout(700);
		if (colorScheme === "dark" || IN_LIGHT.includes(name)) {
			await page.screenshot({ path: `${FOLDER}/${name}-${colorScheme}.jpg`, type: "jpeg", quality: 82 });
		}
	}
}
await service[Symbol.asyncDispose]();
await rm(kept, { recursive: true });
