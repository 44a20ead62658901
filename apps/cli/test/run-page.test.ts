import { access, copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { renderRunPage } from "../dist/page/run-page.js";
import { createSandbox, examplePath } from "./harness.ts";

const QUICK = ["--input-size", "112", "-k", "3", "--quiet"];

describe("the page of a run", () => {
	it("shows what was done, what was there already and what failed, with escaped names", async () => {
		await using sandbox = await createSandbox();
		await mkdir(sandbox.path("in/a & b"), { recursive: true });
		await copyFile(examplePath("cat.jpg"), sandbox.path("in/a & b/50% <b>#.jpg"));
		await sandbox.dinoseg("segment", "in", ...QUICK);
		await copyFile(examplePath("cat.jpg"), sandbox.path("in/new.jpg"));
		await writeFile(sandbox.path("in/<bad>.jpg"), "no picture");
		expect((await sandbox.dinoseg("segment", "in", ...QUICK)).code).toBe(1);
		const page = await readFile(sandbox.path("out/index.html"), "utf8");
		expect(page).toContain("<h1>2 images segmented, 1 failed</h1>");
		expect(page).toContain(">a &amp; b/50% &lt;b&gt;#</a>");
		expect(page).toContain("in/&lt;bad&gt;.jpg: ");
		expect(page).toContain("3 clusters · ");
		expect(page).toContain("default-src 'none'");
		expect(page).not.toMatch(/<script|https?:\/\//);
		const pictures = [...page.matchAll(/<img src="([^"]+)" loading="lazy"/g)].map(([, path]) =>
			decodeURIComponent(path),
		);
		expect(pictures).toEqual(["a & b/50% <b>#/overlay.png", "new/overlay.png"]);
		for (const picture of pictures) {
			await access(sandbox.path("out", picture));
		}
	});

	it("is not written for one photograph that was named, nor over a page by somebody else", async () => {
		await using sandbox = await createSandbox();
		await sandbox.dinoseg("segment", examplePath("cat.jpg"), ...QUICK);
		expect(await readdir(sandbox.path("out"))).toEqual(["cat"]);
		await writeFile(sandbox.path("out/index.html"), "mine");
		const two = await sandbox.dinoseg(
			"segment",
			examplePath("cat.jpg"),
			examplePath("coffee.jpg"),
			...QUICK.slice(0, -1),
		);
		expect(two).toMatchObject({ code: 0, stderr: expect.stringContaining("not by dinoseg, so it stays") });
		expect(await readFile(sandbox.path("out/index.html"), "utf8")).toBe("mine");
	});

	it("stays light with a thousand images", () => {
		const results = Array.from({ length: 1000 }, (_, i) => ({
			folder: `field/IMG_${i}`,
			kind: "clusters" as const,
			count: 5,
			width: 4000,
			height: 3000,
		}));
		const page = renderRunPage(results, []);
		expect(page.match(/loading="lazy"/g)).toHaveLength(1000);
		expect(page.length).toBeLessThan(500_000);
	});
});
