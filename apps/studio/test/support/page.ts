/** What tests do on a page of the studio, as a person does it. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** A file as it is dropped. */
export interface GivenFile {
	readonly name: string;
	readonly bytes: Uint8Array;
}

/** A photograph that comes with dinoseg. */
export async function exampleFile(name: string): Promise<GivenFile> {
	const path = fileURLToPath(new URL(`../../../../examples/${name}`, import.meta.url));
	return { name, bytes: await readFile(path) };
}

/** Drop files on the page. @param files names of examples, or files. */
export async function dropFiles(page: Page, ...files: readonly (string | GivenFile)[]): Promise<void> {
	const given = await Promise.all(files.map((file) => (typeof file === "string" ? exampleFile(file) : file)));
	const dropped = given.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString("base64") }));
	const transfer = await page.evaluateHandle((contents) => {
		const data = new DataTransfer();
		for (const { name, base64 } of contents) {
			data.items.add(new File([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], name));
		}
		return data;
	}, dropped);
	for (const type of ["dragenter", "dragover", "drop"]) {
		await page.dispatchEvent("body", type, { dataTransfer: transfer });
	}
	await transfer.dispose();
}

/** Wait until the picture that is shown has segments, and nothing is done for any. */
export async function isReady(page: Page): Promise<void> {
	await page.locator(".stage-zoom").waitFor();
	await page.locator(".stage-status, .frame-working").first().waitFor({ state: "detached" });
}

/** Open a photograph that comes with the studio. */
export async function openExample(page: Page, name: RegExp): Promise<void> {
	await page.getByRole("list", { name: "Example photographs" }).getByRole("button", { name }).click();
	await isReady(page);
}

/** Show a tab of the panel. */
export async function showTab(page: Page, name: "Shape" | "Segments" | "View"): Promise<void> {
	await page.getByRole("tab", { name }).click();
}

/** Wait until the picture has so many segments, by what the panel of segments says. @returns how many it has */
export async function hasSegments(page: Page, count?: number): Promise<number> {
	await showTab(page, "Segments");
	const head = page.locator(".list-head span");
	if (count !== undefined) {
		await expect.poll(() => head.innerText()).toMatch(new RegExp(`^${count} segments?\\b`));
	}
	return Number.parseInt(await head.innerText(), 10);
}

/** A segment of the list, as the list says it. */
export interface ListedSegment {
	readonly name: string;
	readonly share: string;
	readonly color: string;
}

/** The segments of the list, the largest first. */
export async function listedSegments(page: Page): Promise<ListedSegment[]> {
	await showTab(page, "Segments");
	return page.locator(".segment-row").evaluateAll((rows) =>
		rows.map((row) => ({
			name: row.querySelector(".segment-name")?.textContent ?? "",
			share: row.querySelector(".segment-share")?.textContent ?? "",
			color: row.querySelector<HTMLInputElement>("[type=color]")?.value ?? "",
		})),
	);
}

/** Select a segment of the list by its name. @param adds to those that are selected. */
export async function pickSegment(page: Page, name: string, adds = false): Promise<void> {
	const row = page.locator(".segment-pick").filter({ has: page.getByText(name, { exact: true }) });
	await row.click(adds ? { modifiers: ["Shift"] } : {});
}

/** Give a segment of the list another name, and wait until the browser's database has it: all that came before, too. */
export async function renameAndKeep(page: Page, from: string, to: string): Promise<void> {
	await showTab(page, "Segments");
	await pickSegment(page, from);
	// The key shows the list again.
	await showTab(page, "View");
	await page.keyboard.press("F2");
	await page.keyboard.insertText(to);
	await page.keyboard.press("Enter");
	await page.locator(".segment-name").getByText(to, { exact: true }).waitFor();
	await expect.poll(async () => (await keptPictures(page)).some(({ text }) => text.includes(to))).toBe(true);
}

/** Choose clusters, and how many. */
export async function chooseClusters(page: Page, count: number): Promise<void> {
	await showTab(page, "Shape");
	await page.getByRole("radio", { name: "Clusters" }).click();
	const slider = page.getByRole("slider", { name: "Number of clusters" });
	await slider.waitFor();
	await slider.press("Home");
	for (let clusters = 1; clusters < count; clusters++) {
		await slider.press("ArrowRight");
	}
	await isReady(page);
	await hasSegments(page, count);
}

/** Wait until the picture is drawn in all pixels of the screen: without a graphics card it is coarse while it moves. */
export async function isFine(page: Page): Promise<void> {
	await expect
		.poll(() =>
			page.locator(".stage > .picture").evaluate((canvas: HTMLCanvasElement) => {
				// Reading waits for the graphics, which may be behind.
				canvas.getContext("webgl2")?.readPixels(0, 0, 1, 1, 6408, 5121, new Uint8Array(4));
				return canvas.width === Math.round(canvas.clientWidth * devicePixelRatio);
			}),
		)
		.toBe(true);
}

/** Export a file, and return what the browser saves. */
export async function saveExport(page: Page, title: string): Promise<Buffer> {
	await page.getByRole("button", { name: "Export", exact: true }).click();
	const dialog = page.getByRole("dialog", { name: "Export" });
	await dialog.getByText(title, { exact: true }).click();
	const [download] = await Promise.all([
		page.waitForEvent("download"),
		dialog.getByRole("button", { name: "Save" }).click(),
	]);
	const bytes = await readFile(await download.path());
	await dialog.getByRole("button", { name: "Close" }).click();
	await dialog.waitFor({ state: "detached" });
	return bytes;
}

/** Wait until the browser's database has so many pictures of all tabs, and so many that were changed. */
export async function isKept(page: Page, pictures: number, changed: number): Promise<void> {
	await expect
		.poll(async () => {
			const kept = await keptPictures(page);
			return [kept.length, kept.filter(({ text }) => text !== "").length];
		})
		.toEqual([pictures, changed]);
}

/** What the browser's database has of pictures; the text in the segments that were changed. */
function keptPictures(page: Page): Promise<{ readonly text: string }[]> {
	return page.evaluate(
		() =>
			new Promise<{ text: string }[]>((resolve, reject) => {
				const opening = indexedDB.open("dinoseg-studio");
				opening.onerror = () => reject(opening.error);
				opening.onsuccess = () => {
					const all = opening.result.transaction("pictures").objectStore("pictures").getAll();
					all.onerror = () => reject(all.error);
					all.onsuccess = () => {
						opening.result.close();
						const records: { value: { settings?: object; document?: { bytes: Uint8Array } } }[] = all.result;
						const states = records.map(({ value }) => value).filter(({ settings }) => settings !== undefined);
						resolve(states.map(({ document: kept }) => ({ text: kept ? new TextDecoder().decode(kept.bytes) : "" })));
					};
				};
			}),
	);
}
