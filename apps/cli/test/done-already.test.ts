import { copyFile, mkdir, readFile, stat, unlink, writeFile } from "node:fs/promises";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { createSandbox, examplePath } from "./harness.ts";

const QUICK = ["--input-size", "112", "-k", "3", "--median", "0"];

describe("a result that is there already", () => {
	it("counts as done when a folder got two new photographs", async () => {
		await using sandbox = await createSandbox();
		await mkdir(sandbox.path("in"));
		const copies = ["a.jpg", "b.jpg"];
		for (const name of copies) {
			await copyFile(examplePath("cat.jpg"), sandbox.path("in", name));
		}
		expect((await sandbox.dinoseg("segment", "in", ...QUICK)).code).toBe(0);
		const before = await stat(sandbox.path("out/a/segments.json"));
		await copyFile(examplePath("coffee.jpg"), sandbox.path("in/c.jpg"));
		const again = await sandbox.dinoseg("segment", "in", "--json", ...QUICK);
		expect(again.code, again.stderr).toBe(0);
		expect(again.stderr).toMatch(/^3 images: 1 done, 2 done already, 0 failed, /m);
		expect(again.stderr).toContain("in/a.jpg → out/a · done already");
		expect(JSON.parse(again.stdout)).toEqual({
			skipped: {},
			results: [
				{ input: "in/a.jpg", output: "out/a", status: "present" },
				{ input: "in/b.jpg", output: "out/b", status: "present" },
				{ input: "in/c.jpg", output: "out/c", status: "done" },
			],
		});
		expect((await stat(sandbox.path("out/a/segments.json"))).ino).toBe(before.ino);
	});

	it("is found by its bytes under another name of the file's folder, and whatever the limit of pixels", async () => {
		await using sandbox = await createSandbox();
		await copyFile(examplePath("cat.jpg"), sandbox.path("a.jpg"));
		await mkdir(sandbox.path("moved"));
		await copyFile(examplePath("cat.jpg"), sandbox.path("moved/a.jpg"));
		await sandbox.dinoseg("segment", "a.jpg", ...QUICK);
		const again = await sandbox.dinoseg("segment", "moved/a.jpg", "--max-pixels", "1000000", ...QUICK);
		expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining("done already") });
	});

	it("has the sheet of the same numbers, or one that nobody asks for", async () => {
		await using sandbox = await createSandbox();
		await copyFile(examplePath("cat.jpg"), sandbox.path("a.jpg"));
		const sweep = (...args: string[]) => sandbox.dinoseg("segment", "a.jpg", ...QUICK, ...args);
		expect((await sweep("--sweep", "2..3")).code).toBe(0);
		const marker = sandbox.path("out/a/segments.json");
		expect(JSON.parse(await readFile(marker, "utf8"))).toHaveProperty("sweep", "2..3");
		for (const again of [["--sweep", "2-3"], []]) {
			expect(await sweep(...again)).toMatchObject({ code: 0, stderr: expect.stringContaining("done already") });
		}
		const { code, stderr } = await sweep("--sweep", "2..4");
		expect(code).toBe(1);
		expect(stderr).toMatch(/asked for: --sweep 2\.\.3 there, 2\.\.4 now\. Use/);
		await sweep("--force");
		expect(JSON.parse(await readFile(marker, "utf8"))).toHaveProperty("sweep", null);
	});

	it("fails and says what differs", async () => {
		await using sandbox = await createSandbox();
		await copyFile(examplePath("cat.jpg"), sandbox.path("a.jpg"));
		await sandbox.dinoseg("segment", "a.jpg", ...QUICK);
		const refused = async (...args: string[]) => {
			const { code, stderr } = await sandbox.dinoseg("segment", "a.jpg", ...QUICK, ...args);
			expect(code, stderr).toBe(1);
			expect(stderr).toContain("out/a: holds a result already");
			expect(stderr).toContain("Use --force to replace it");
			return stderr;
		};
		expect(await refused("-k", "4", "--smooth", "none")).toMatch(
			/differs from what is asked for: --clusters 3 there, 4 now, --smooth guided there, none now\. Use/,
		);
		const document = JSON.parse(await readFile(sandbox.path("out/a/segments.json"), "utf8"));
		await writeFile(sandbox.path("out/a/segments.json"), JSON.stringify({ ...document, edited: true }));
		expect(await refused()).toContain("asked for: segments were changed by hand there");
		await sandbox.dinoseg("segment", "a.jpg", ...QUICK, "-f");
		expect(await refused("--dtype", "int8")).toContain("--dtype fp32 there, int8 now");
		expect(await refused("--sweep", "2..3")).toMatch(/asked for: --sweep none there, 2\.\.3 now\. Use/);
		await writeFile(sandbox.path("names.csv"), "id,name\n0,cat\n");
		expect(await refused("--names", "names.csv")).toContain("names or colours of --names");
		await sandbox.dinoseg("segment", "a.jpg", ...QUICK, "--names", "names.csv", "-f");
		expect((await sandbox.dinoseg("segment", "a.jpg", ...QUICK, "--names", "names.csv")).code).toBe(0);
		expect(await refused()).toContain("names or colours of --names");
		await sandbox.dinoseg("segment", "a.jpg", ...QUICK, "-f");
		const marker = sandbox.path("out/a/segments.json");
		const text = await readFile(marker, "utf8");
		await writeFile(marker, text.replace(/"digest": "..../, '"digest": "0000'));
		expect(await refused()).toContain("the weights of the model tiny are others now");
		await writeFile(marker, text.slice(0, 100));
		expect(await refused()).toContain("that cannot be read (out/a/segments.json: ");
		await writeFile(marker, text);
		await unlink(sandbox.path("a.jpg"));
		await sharp(examplePath("cat.jpg")).resize(90).jpeg().toFile(sandbox.path("a.jpg"));
		expect(await refused()).toContain("the image has other bytes now");
	});
});
