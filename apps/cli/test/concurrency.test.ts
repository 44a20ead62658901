import { copyFile, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { createSandbox, examplePath } from "./harness.ts";

const QUICK = ["--input-size", "112", "--no-cache", "--json"];

describe("dinoseg segment --concurrency", () => {
	it("gives the same files and the same document, in the order of the inputs, with one and with three at once", async () => {
		await using sandbox = await createSandbox({ ownCache: true });
		await mkdir(sandbox.path("in"));
		// The first takes longest, the third fails at once.
		const names = ["a", "b", "c", "d", "e"];
		await copyFile(examplePath("coffee.jpg"), sandbox.path("in/a.jpg"));
		for (const name of ["b", "d", "e"]) {
			await copyFile(examplePath("cat.jpg"), sandbox.path(`in/${name}.jpg`));
		}
		await writeFile(sandbox.path("in/c.jpg"), "no image");
		const documents = [];
		for (const count of ["1", "3"]) {
			const result = await sandbox.dinoseg("segment", "in", "-o", `out${count}`, "--concurrency", count, ...QUICK);
			expect(result.code).toBe(1);
			expect(result.stderr.match(/^\[\d\/5\]/gm)).toHaveLength(4);
			expect(result.stderr).toMatch(/^5 images: 4 done, 1 failed/m);
			documents.push(JSON.parse(result.stdout.replaceAll(`out${count}`, "out")));
		}
		expect(documents[1]).toEqual(documents[0]);
		expect(documents[0].results.map(({ input }: { input: string }) => input)).toEqual(
			names.map((name) => `in/${name}.jpg`),
		);
		expect((await readdir(sandbox.path("out3"))).sort()).toEqual(["a", "b", "d", "e", "index.html"]);
		for (const name of ["a", "b", "d", "e"]) {
			for (const file of ["labels.png", "confidence.png"]) {
				const [one, three] = await Promise.all(["out1", "out3"].map((out) => readFile(sandbox.path(out, name, file))));
				expect(three.equals(one), `${name}/${file}`).toBe(true);
			}
		}
	});

	it.each(["0", "257", "1.5", "many"])("refuses %s", async (count) => {
		await using sandbox = await createSandbox({ ownCache: true });
		const result = await sandbox.dinoseg("segment", examplePath("cat.jpg"), "--concurrency", count);
		expect(result.code).toBe(2);
		expect(result.stderr).toMatch(/--concurrency must be .*got "?(0|257|1\.5|many)/);
	});
});

describe("an option that does not fit the model", () => {
	it.each([
		["--layer", "8"],
		["--layer", "0,-9"],
		["--stride", "15"],
		["--input-size", "13"],
		["--input-size", "224x225"],
	])("%s %s exits 2 before any image", async (flag, value) => {
		await using sandbox = await createSandbox({ ownCache: true });
		const result = await sandbox.dinoseg("segment", examplePath("cat.jpg"), "missing.jpg", flag, value);
		expect(result.code).toBe(2);
		expect(result.stderr).toContain(flag);
		expect(result.stderr).not.toContain("missing.jpg");
		await expect(stat(sandbox.path("out"))).rejects.toThrow("ENOENT");
	});
});
