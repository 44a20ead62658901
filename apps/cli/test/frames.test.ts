import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createRandom } from "@dinoseg/core";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { filmsOf, withFramesBeside } from "../dist/inputs/frames.js";
import { createSandbox, examplePath, type Sandbox } from "./harness.ts";

const QUICK = ["--input-size", "224"];
const [WIDTH, HEIGHT, FRAMES] = [200, 150, 7];

/** A camera that moves slowly over a photograph, with much noise. */
async function film(sandbox: Sandbox): Promise<void> {
	await mkdir(sandbox.path("film"));
	const random = createRandom(1);
	for (let frame = 0; frame < FRAMES; frame++) {
		const area = { left: 2 * frame, top: 10, width: WIDTH, height: HEIGHT };
		const data = await sharp(examplePath("rocket.jpg")).resize(260, 180).extract(area).raw().toBuffer();
		const noisy = data.map((value) => Math.max(0, Math.min(255, value + 120 * (random.next() - 0.5))));
		const raw = { width: WIDTH, height: HEIGHT, channels: 3 as const };
		// Names that do not sort as numbers do.
		await sharp(noisy, { raw })
			.png()
			.toFile(sandbox.path("film", `${frame + 5}.png`));
	}
}

describe("frames", () => {
	it("are in the order of the numbers in their names, each folder and each file for itself", () => {
		const job = (input: string, page?: number) => ({ input, outputFolder: "", ...(page ? { page } : {}) });
		const jobs = [job("a/10.png"), job("a/9.png"), job("b/1.png"), job("s.tif", 2), job("s.tif", 10), job("s.tif", 1)];
		const films = filmsOf(jobs);
		expect(films.map((frames) => frames.map(({ input, page }) => `${input} ${page ?? ""}`.trim()))).toEqual([
			["a/9.png", "a/10.png"],
			["b/1.png"],
			["s.tif 1", "s.tif 2", "s.tif 10"],
		]);
		const beside = withFramesBeside(films).map((frame) => frame.beside?.map(({ input, page }) => page ?? input));
		expect(beside).toEqual([["a/10.png"], ["a/9.png"], [], [2], [1, 10], [2]]);
	});

	it("flicker less when they are averaged with those beside them, and count as done with that only", async () => {
		await using sandbox = await createSandbox();
		await film(sandbox);
		const fit = await sandbox.dinoseg("fit", "film", "-k", "4", "--quiet", ...QUICK);
		expect(fit.code, fit.stderr).toBe(0);
		const apply = (...args: string[]) => sandbox.dinoseg("apply", "scene.codebook", "film", ...args);
		const flickerOf = async (kind: string, output: string) => {
			const { code, stdout, stderr } = await apply("--frames", kind, "--json", "--quiet", "-o", output);
			expect(code, stderr).toBe(0);
			return JSON.parse(stdout).flicker;
		};
		const alone = await flickerOf("measure", "alone");
		const steady = await flickerOf("steady", "steady");
		expect(alone).toBeGreaterThan(0);
		expect(steady).toBeLessThan(0.9 * alone);
		expect(await flickerOf("steady", "steady")).toBe(steady);
		const { codebook } = JSON.parse(await readFile(sandbox.path("steady/5/segments.json"), "utf8"));
		expect(codebook.steady).toBe(true);
		const other = await apply("-o", "steady");
		expect(other.stderr).toContain("--frames steady there, not steady now");
	});

	it("that cannot be read fail by themselves; one of another size is told", async () => {
		await using sandbox = await createSandbox();
		await film(sandbox);
		expect((await sandbox.dinoseg("fit", "film", "-k", "3", "--quiet", "--input-size", "112")).code).toBe(0);
		await writeFile(sandbox.path("film/7.png"), "no picture");
		const bad = await sandbox.dinoseg("apply", "scene.codebook", "film", "--frames", "steady", "--json", "--quiet");
		const failed = JSON.parse(bad.stdout).results.filter(({ status }: { status: string }) => status === "failed");
		expect(failed.map(({ input }: { input: string }) => input)).toEqual([join("film", "7.png")]);
		await sharp({ create: { width: 90, height: 150, channels: 3, background: "#446" } })
			.png()
			.toFile(sandbox.path("film/12.png"));
		const odd = await sandbox.dinoseg("apply", "scene.codebook", "film", "--frames", "steady", "-o", "odd", "--quiet");
		expect(odd.stderr).toContain("frames must be of one size, got 90 x 150");
	});
});
