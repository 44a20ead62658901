import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { encodeTiff, type TiffPage } from "../../../fixtures/tiff.ts";
import { parsePages, selectPages } from "../dist/flags/page-flag.js";
import { createSandbox, examplePath } from "./harness.ts";

const QUICK = ["--input-size", "112", "-k", "2", "--median", "0"];

/** A page with a bright disc at a place of its own. */
function page(number: number): TiffPage {
	const [width, height] = [80, 60];
	const data = new Uint8Array(width * height * 3);
	for (let at = 0; at < data.length; at++) {
		const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
		const isInside = (x - 10 - number * 15) ** 2 + (y - 30) ** 2 < 150;
		data[at] = isInside ? 250 - 40 * (at % 3) : 20 + (x % 7) * 4 + 10 * (at % 3);
	}
	return { width, height, channels: 3, data };
}

const PAGES = [page(1), page(2), page(3)];
const STACK = encodeTiff(PAGES);

describe("pages", () => {
	it("are read from their texts", () => {
		expect(parsePages("first")).toBeUndefined();
		const chosen = (text: string, count: number) => selectPages(parsePages(text) ?? [], count);
		expect(chosen("ALL", 4)).toEqual([1, 2, 3, 4]);
		expect(chosen("3", 4)).toEqual([3]);
		expect(chosen("2..3", 4)).toEqual([2, 3]);
		expect(chosen("4,1-2,2", 4)).toEqual([1, 2, 4]);
		expect(chosen("3..1000000", 4)).toEqual([3, 4, 5]);
		expect(chosen("9", 4)).toEqual([9]);
		for (const wrong of ["0", "-1", "1..", "..2", "a", "1,", "2.5", "1048577", "3..2", ""]) {
			expect(() => parsePages(wrong), wrong).toThrow("It must be");
		}
	});

	it("of a stack are images each, beside a photograph that is one", async () => {
		await using sandbox = await createSandbox();
		await mkdir(sandbox.path("in/sub"), { recursive: true });
		await writeFile(sandbox.path("in/sub/stack.tif"), STACK);
		await writeFile(sandbox.path("in/one.tif"), encodeTiff([page(2)]));
		await copyFile(examplePath("cat.jpg"), sandbox.path("in/cat.jpg"));
		const run = await sandbox.dinoseg("segment", "in", "--page", "all", "--json", ...QUICK);
		expect(run.code, run.stderr).toBe(0);
		expect(run.stderr).not.toContain("warning");
		const stack = (number: number, status: string) => ({
			input: "in/sub/stack.tif",
			page: number,
			output: `out/sub/stack-page-00${number}`,
			status,
		});
		const others = (status: string) => [
			{ input: "in/cat.jpg", output: "out/cat", status },
			{ input: "in/one.tif", output: "out/one", status },
		];
		expect(JSON.parse(run.stdout).results).toEqual([
			...others("done"),
			...[1, 2, 3].map((number) => stack(number, "done")),
		]);
		const html = await readFile(sandbox.path("out/index.html"), "utf8");
		expect(html).toContain("sub/stack-page-003/overlay.png");
		await mkdir(sandbox.path("own"));
		for (const [index, own] of PAGES.entries()) {
			await writeFile(sandbox.path(`own/${index + 1}.tif`), encodeTiff([own]));
		}
		expect((await sandbox.dinoseg("segment", "own", "-o", "alone", ...QUICK)).code).toBe(0);
		for (const number of [1, 2, 3]) {
			const labels = await readFile(sandbox.path(`out/sub/stack-page-00${number}/labels.png`));
			const alone = await readFile(sandbox.path(`alone/${number}/labels.png`));
			expect(labels.equals(alone), `page ${number}`).toBe(true);
		}
		const document = JSON.parse(await readFile(sandbox.path("out/sub/stack-page-002/segments.json"), "utf8"));
		expect(document.input).toMatchObject({ path: "in/sub/stack.tif", page: 2 });
		expect(document.options.page).toBe(2);
		const single = JSON.parse(await readFile(sandbox.path("out/one/segments.json"), "utf8"));
		expect(single.input).not.toHaveProperty("page");
		expect(single.options.page).toBe("first");

		const again = await sandbox.dinoseg("segment", "in", "--page", "all", "--json", ...QUICK);
		expect(again.code, again.stderr).toBe(0);
		expect(JSON.parse(again.stdout).results).toEqual([
			...others("present"),
			...[1, 2, 3].map((number) => stack(number, "present")),
		]);
	});

	it("have names of their own in exports, and their own pixels in cut-outs", async () => {
		await using sandbox = await createSandbox();
		await mkdir(sandbox.path("in"));
		await writeFile(sandbox.path("in/stack.tif"), STACK);
		await sandbox.dinoseg("segment", "in", "--page", "1..2", ...QUICK);
		await sandbox.dinoseg("segment", "in", ...QUICK);
		const coco = await sandbox.dinoseg("export", "out", "--format", "coco");
		expect(coco.code, coco.stderr).toBe(0);
		const { images } = JSON.parse(await readFile(sandbox.path("out/coco.json"), "utf8"));
		const names = ["stack.tif", "stack-page-001.tif", "stack-page-002.tif"];
		expect(images.map(({ file_name: name }: { file_name: string }) => name)).toEqual(names);
		const cutouts = await sandbox.dinoseg("export", "out", "--format", "cutouts", "--images", "in", "--full-size");
		expect(cutouts.code, cutouts.stderr).toBe(0);
		expect((await readdir(sandbox.path("out/cutouts"))).sort()).toEqual(["stack", "stack-page-001", "stack-page-002"]);
		for (const number of [1, 2]) {
			const cutout = sharp(sandbox.path(`out/cutouts/stack-page-00${number}/0.png`));
			const { data } = await cutout.raw().toBuffer({ resolveWithObject: true });
			const opaque = data.findIndex((value, at) => at % 4 === 3 && value === 255) - 3;
			const own = PAGES[number - 1].data.subarray((opaque / 4) * 3, (opaque / 4) * 3 + 3);
			expect([...data.subarray(opaque, opaque + 3)]).toEqual([...own]);
		}
	});

	it("beyond the end fail for their file alone", async () => {
		await using sandbox = await createSandbox();
		await writeFile(sandbox.path("a.tif"), STACK);
		await writeFile(sandbox.path("b.tif"), encodeTiff([...PAGES, page(4)]));
		await copyFile(examplePath("cat.jpg"), sandbox.path("cat.jpg"));
		await writeFile(sandbox.path("text.tif"), "no image");
		const run = await sandbox.dinoseg(
			"segment",
			"a.tif",
			"b.tif",
			"cat.jpg",
			"gone.tif",
			"text.tif",
			"--page",
			"2,4",
			"--json",
			...QUICK,
		);
		expect(run.code).toBe(1);
		expect(run.stderr).toContain("a.tif: has 3 pages, so there is no page 4. Ask for one from 1 to 3.");
		expect(run.stderr).toContain("cat.jpg: has 1 page, so there is no page 4. Leave --page away.");
		const results = JSON.parse(run.stdout).results as {
			input: string;
			output: string | null;
			error?: { code: string };
		}[];
		expect(results.map(({ input, output, error }) => [input, output ?? error?.code])).toEqual([
			["a.tif", "PAGE_NOT_FOUND"],
			["cat.jpg", "PAGE_NOT_FOUND"],
			["b.tif", "out/b-page-002"],
			["b.tif", "out/b-page-004"],
			["gone.tif", "INPUT_NOT_FOUND"],
			["text.tif", "IMAGE_UNSUPPORTED"],
		]);
	});

	it("come from stdin, and go to stdout, one at a time", async () => {
		await using sandbox = await createSandbox();
		await writeFile(sandbox.path("stack.tif"), STACK);
		const all = await sandbox.dinosegFrom([STACK], "-", "--page", "all", ...QUICK);
		expect(all.code, all.stderr).toBe(0);
		expect((await readdir(sandbox.path("out"))).sort()).toEqual([
			"index.html",
			"stdin-page-001",
			"stdin-page-002",
			"stdin-page-003",
		]);
		const third = await sandbox.dinosegFrom([STACK], "-", "--page", "3", "-o", "-", ...QUICK);
		expect(third.stdoutBytes.equals(await readFile(sandbox.path("out/stdin-page-003/labels.png")))).toBe(true);
		const many = await sandbox.dinoseg("stack.tif", "--page", "1..2", "-o", "-", ...QUICK);
		expect(many).toMatchObject({ code: 2, stderr: expect.stringContaining("exactly one image to stdout, got 2") });
		const tokens = (...args: string[]) =>
			sandbox.dinoseg("features", "stack.tif", "-o", "-", "--input-size", "112", ...args);
		const first = await tokens();
		expect(first.code, first.stderr).toBe(0);
		expect((await tokens("--page", "2")).stdoutBytes.equals(first.stdoutBytes)).toBe(false);
		expect((await tokens("--page", "1")).stdoutBytes.equals(first.stdoutBytes)).toBe(true);
		expect(await tokens("--page", "4")).toMatchObject({ code: 1, stderr: expect.stringContaining("has 3 pages") });
	});

	it("never share a folder with another image", async () => {
		await using sandbox = await createSandbox();
		await writeFile(sandbox.path("stack.tif"), STACK);
		await copyFile(examplePath("cat.jpg"), sandbox.path("stack-page-002.jpg"));
		const run = await sandbox.dinoseg("segment", "stack.tif", "stack-page-002.jpg", "--page", "all", ...QUICK);
		expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('write to the folder "out/stack-page-002"') });
		for (const wrong of ["0", "3..2", "none"]) {
			const { code, stderr } = await sandbox.dinoseg("segment", "stack.tif", "--page", wrong);
			expect(code, wrong).toBe(2);
			expect(stderr).toContain("--page");
		}
	});
});
