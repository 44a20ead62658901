import { readFile, writeFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { isFull } from "../../../fixtures/is-full.ts";
import { createSandbox } from "../../cli/test/harness.ts";
import {
	chooseClusters,
	dropFiles,
	exampleFile,
	hasSegments,
	isReady,
	listedSegments,
	pickSegment,
	renameAndKeep,
	saveExport,
	showTab,
} from "./support/page.ts";
import { CHROMIUM, hasBrowser, PATIENCE_MS, useStudio } from "./support/studio.ts";

async function mergeTwo(page: Page): Promise<void> {
	const [first, second] = await listedSegments(page);
	await pickSegment(page, first.name);
	await pickSegment(page, second.name, true);
	await page.keyboard.press("m");
}

describe.skipIf(!hasBrowser || !isFull)(
	`files and links, in Chromium (in npm run soak, where ${CHROMIUM} is there)`,
	{
		timeout: PATIENCE_MS,
	},
	() => {
		const studio = useStudio();

		it("opens exported segments again on their photograph", async () => {
			const page = await studio.open();
			await dropFiles(page, "cat.jpg");
			await isReady(page);
			await chooseClusters(page, 4);
			await mergeTwo(page);
			await hasSegments(page, 3);
			const exported = await listedSegments(page);
			const labels = { name: "cat-labels.png", bytes: await saveExport(page, "Label map") };
			const data = { name: "cat-segments.json", bytes: await saveExport(page, "Data") };
			const coco = { name: "cat-annotations.json", bytes: await saveExport(page, "COCO") };

			await mergeTwo(page);
			await hasSegments(page, 2);
			await dropFiles(page, labels, data);
			await hasSegments(page, 3);
			expect(await listedSegments(page)).toEqual(exported);
			await page.keyboard.press("Control+z");
			await hasSegments(page, 2);

			await dropFiles(page, coco);
			await hasSegments(page, 3);
			const unnamed = (segments: typeof exported) => segments.map(({ name, share }) => ({ name, share }));
			expect(unnamed(await listedSegments(page))).toEqual(unnamed(exported));

			await dropFiles(page, { name: "other.json", bytes: Buffer.from('{"some": "thing"}') });
			const said = page.locator(".toast").filter({ hasText: "other.json" });
			expect(await said.innerText()).toContain("must be segments.json or COCO annotations");
			expect(unnamed(await listedSegments(page))).toEqual(unnamed(exported));
		});

		it("keeps opened segments, names and colours over a reload, and cuts the regions again after it", async () => {
			const page = await studio.open();
			await dropFiles(page, "cat.jpg");
			await isReady(page);
			const regions = await listedSegments(page);
			await mergeTwo(page);
			const labels = { name: "labels.png", bytes: await saveExport(page, "Label map") };
			const merged = await listedSegments(page);
			await page.keyboard.press("Control+z");
			await hasSegments(page, regions.length);
			await dropFiles(page, labels);
			await hasSegments(page, merged.length);
			await renameAndKeep(page, merged[0].name, "the largest");
			const before = await listedSegments(page);

			await page.reload();
			await isReady(page);
			await hasSegments(page, merged.length);
			expect(await listedSegments(page)).toEqual(before);
			await page.keyboard.press("d");
			await expect.poll(() => page.getByRole("button", { name: "Undo: Detail" }).isEnabled()).toBe(true);
			await page.getByRole("button", { name: "Undo: Detail" }).click();
			await hasSegments(page, merged.length);
			expect(await listedSegments(page)).toEqual(before);
		});

		it("opens a link with its settings, and names what it does not know", async () => {
			const page = await studio.open({ path: "/#segments=clusters&clusters=3&colour=red" });
			await page.locator(".toast").filter({ hasText: "The link's colour was left out" }).waitFor();
			expect(new URL(page.url()).hash).toBe("");
			await dropFiles(page, "cat.jpg");
			await isReady(page);
			await hasSegments(page, 3);
			await showTab(page, "Shape");
			expect(await page.getByRole("slider", { name: "Number of clusters" }).getAttribute("aria-valuetext")).toBe("3");

			const labels = await saveExport(page, "Label map");
			await page.keyboard.press("Control+s");
			const dialog = page.getByRole("dialog", { name: "Export" });
			await dialog.getByRole("button", { name: "Copy the link" }).click();
			expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
				`${studio.service.url}/#segments=clusters&clusters=3`,
			);
			await dialog.getByRole("button", { name: "Copy the command" }).click();
			const command = await page.evaluate(() => navigator.clipboard.readText());
			const [program, ...words] = command.split(" ");
			expect(program).toBe("dinoseg");

			await using sandbox = await createSandbox();
			await writeFile(sandbox.path("cat.jpg"), (await exampleFile("cat.jpg")).bytes);
			const result = await sandbox.dinoseg(...words, "-o", "out");
			expect(result.code, result.stderr).toBe(0);
			expect((await readFile(sandbox.path("out", "cat", "labels.png"))).equals(labels)).toBe(true);
		});
	},
);
