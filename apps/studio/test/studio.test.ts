import { createSegmenter } from "@dinoseg/node/segmenter";
import { describe, expect, it } from "vitest";
import { isFull } from "../../../fixtures/is-full.ts";
import {
	chooseClusters,
	dropFiles,
	exampleFile,
	hasSegments,
	isKept,
	isReady,
	listedSegments,
	openExample,
	pickSegment,
	renameAndKeep,
	saveExport,
} from "./support/page.ts";
import { CHROMIUM, hasBrowser, PATIENCE_MS, QUICK, useStudio } from "./support/studio.ts";

describe.skipIf(!hasBrowser)(
	`the studio in Chromium (skipped unless ${CHROMIUM} is there)`,
	{
		timeout: PATIENCE_MS,
	},
	() => {
		const studio = useStudio();

		it("goes from a dropped photograph to a file, and is there again after a reload", async () => {
			const page = await studio.open();
			await dropFiles(page, "cat.jpg");
			await isReady(page);
			expect(await hasSegments(page)).toBeGreaterThan(1);

			await chooseClusters(page, 4);
			await page.getByRole("button", { name: "Select all" }).click();
			await page.getByRole("button", { name: "Merge", exact: true }).click();
			await hasSegments(page, 1);
			await page.keyboard.press("Control+z");
			await hasSegments(page, 4);
			await pickSegment(page, "segment-1");
			await pickSegment(page, "segment-2", true);
			await page.keyboard.press("m");
			await hasSegments(page, 3);

			const document = JSON.parse((await saveExport(page, "Data")).toString());
			expect(document).toMatchObject({ options: { segments: "clusters", clusters: 4 } });
			expect(document.segments).toHaveLength(3);

			await renameAndKeep(page, "segment-1", "one and two");
			const before = await listedSegments(page);
			await page.reload();
			await isReady(page);
			await hasSegments(page, 3);
			expect(await listedSegments(page)).toEqual(before);
		});

		it("exports what Node makes of the same file, byte for byte", async () => {
			await using segmenter = await createSegmenter({ cache: false });
			const photograph = await exampleFile("cat.jpg");
			const page = await studio.open({ path: `/${QUICK}` });
			await dropFiles(page, photograph);
			await isReady(page);
			const files = [{ file: "labels.png" }, { file: "segments.json" }];
			const expected = await segmenter.render(photograph.bytes, files, { segments: "regions", inputSize: 126 });
			expect(await saveExport(page, "Label map")).toEqual(Buffer.from(expected[0].bytes));
			const document = JSON.parse((await saveExport(page, "Data")).toString());
			const { input, ...own } = JSON.parse(Buffer.from(expected[1].bytes).toString());
			// Node was given bytes alone, without their name.
			expect(document).toEqual({ ...own, input: { ...input, path: photograph.name } });
		});

		it("keeps two tabs apart, each has its own after a reload, and a new one those of a closed one", async () => {
			const first = await studio.open({ path: `/${QUICK}` });
			await openExample(first, /coffee/i);
			const second = await studio.open({ path: `/${QUICK}`, context: first.context() });
			await second.getByRole("heading", { name: "Drop a photograph" }).waitFor();
			await openExample(second, /falcon/i);
			for (const [page, name] of [
				[first, "coffee.jpg"],
				[second, "rocket.jpg"],
			] as const) {
				await page.keyboard.press("w");
				await page.keyboard.press("x");
				await isKept(page, 2, name === "coffee.jpg" ? 1 : 2);
			}
			for (const [page, name] of [
				[first, "coffee.jpg"],
				[second, "rocket.jpg"],
			] as const) {
				await page.reload();
				await isReady(page);
				expect(await page.locator(".frame-name").allInnerTexts()).toEqual([name]);
				await hasSegments(page);
				expect(await page.locator(".segment-row.is-hidden").count()).toBe(1);
			}

			await second.close();
			const third = await studio.open({ context: first.context() });
			await third.getByRole("button", { name: "Open the picture of a closed tab" }).click();
			await isReady(third);
			expect(await third.locator(".frame-name").allInnerTexts()).toEqual(["rocket.jpg"]);
			await hasSegments(third);
			expect(await third.locator(".segment-row.is-hidden").count()).toBe(1);
		});

		it.runIf(isFull)("finds a segment in all open pictures, with the same name and colour", async () => {
			const names = ["cat.jpg", "coffee.jpg", "rocket.jpg"];
			const page = await studio.open({ path: `/${QUICK}` });
			await dropFiles(page, ...names);
			await isReady(page);
			await chooseClusters(page, 4);
			const [largest] = await listedSegments(page);
			await pickSegment(page, largest.name);
			await page.getByRole("button", { name: "Find it in all open pictures" }).click();
			await page.locator(".toast").filter({ hasText: "of 3 pictures" }).waitFor();
			await isReady(page);
			const colors = new Map<string, string>();
			for (const name of names) {
				await page.getByRole("button", { name, exact: true }).click();
				await expect.poll(() => page.locator(".picture-name").innerText()).toContain(name);
				const segments = await listedSegments(page);
				expect(segments.length).toBeGreaterThan(1);
				for (const segment of segments) {
					expect(colors.get(segment.name) ?? segment.color).toBe(segment.color);
					colors.set(segment.name, segment.color);
				}
			}
			expect(colors.size).toBeLessThanOrEqual(6);
		});
	},
);
