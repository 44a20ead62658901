import { mkdir, readdir } from "node:fs/promises";
import { supportsSimd } from "@dinoseg/kernels";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { createSandbox, examplePath, type Sandbox } from "./harness.ts";

const QUICK = ["--input-size", "112", "--runs", "2"];
const STAGES = [
	"decode",
	"median",
	"resize",
	"networkOneThread",
	"network",
	"pca",
	"kmeans",
	"upsample",
	"smooth",
	"superpixels",
	"regions",
	"render",
	"total",
];

/** A picture on which every stage is quick. */
async function writePicture(sandbox: Sandbox): Promise<void> {
	await sharp(examplePath("cat.jpg")).resize(150, 100).toFile(sandbox.path("cat.jpg"));
}

describe("dinoseg bench", () => {
	it("prints a table of every stage, progress apart from it, and keeps nothing", async () => {
		await using sandbox = await createSandbox();
		await mkdir(sandbox.path("tmp"));
		await writePicture(sandbox);
		const { ended } = sandbox.start(["bench", "cat.jpg", ...QUICK], { TMPDIR: sandbox.path("tmp") });
		const { code, stdout, stderr } = await ended;
		expect(code, stderr).toBe(0);
		expect(stdout).toMatch(/^tiny in fp32, kernels (simd|reference), \d+ x .*, Node v\d+/m);
		expect(stdout).not.toMatch(/^(superpixels|regions)/m);
		for (const title of ["decode", "network, \\d+ threads?", "pca", "render", "total"]) {
			expect(stdout).toMatch(new RegExp(`^${title} +\\d+\\.\\d +\\d+\\.\\d$`, "m"));
		}
		expect(stderr).toMatch(/cat\.jpg → 2 runs · [\d.]+ s$/m);
		expect((await readdir(sandbox.folder)).sort()).toEqual(["cat.jpg", "tmp"]);
		expect(await readdir(sandbox.path("tmp"))).toEqual([]);
	});

	it("prints one JSON document with the median and the fastest of every stage", async () => {
		await using sandbox = await createSandbox();
		await writePicture(sandbox);
		const result = await sandbox.dinoseg("bench", "cat.jpg", ...QUICK, "-k", "3", "--json", "--quiet");
		expect(result).toMatchObject({ code: 0, stderr: "" });
		const document = JSON.parse(result.stdout);
		expect(document).toMatchObject({
			schema: "dinoseg-bench/1",
			kernels: supportsSimd() ? "simd" : "reference",
			node: process.version,
			model: "tiny",
			dtype: "fp32",
			device: "cpu",
			options: { clusters: 3, inputSize: 112 },
			runs: 2,
		});
		expect(document.image.width * document.image.height).toBeGreaterThan(10_000);
		expect(Object.keys(document.stages).sort()).toEqual([...STAGES].sort());
		for (const [name, { median, min }] of Object.entries<{ median: number; min: number }>(document.stages)) {
			expect(min > 0, name).toBe(name !== "superpixels" && name !== "regions");
			expect(median, name).toBeGreaterThanOrEqual(min);
		}
		expect(document.stages.total.min).toBeGreaterThan(document.stages.network.min);
	});

	it("ends by the signal when it is interrupted, and leaves no file", async () => {
		await using sandbox = await createSandbox();
		await mkdir(sandbox.path("tmp"));
		// Its lack of contrast is told while the first run goes on.
		await sharp(examplePath("cat.jpg")).linear(0.05, 100).toFile(sandbox.path("flat.png"));
		const { child, ended } = sandbox.start(["bench", "flat.png", "--input-size", "112", "--runs", "1000"], {
			TMPDIR: sandbox.path("tmp"),
		});
		child.stderr?.once("data", () => child.kill("SIGINT"));
		expect(await ended).toMatchObject({ code: null, signal: "SIGINT", stdout: "" });
		expect(await readdir(sandbox.path("tmp"))).toEqual([]);
	});

	it("fails by name for a picture that is not there", async () => {
		await using sandbox = await createSandbox();
		const result = await sandbox.dinoseg("bench", "missing.jpg", "--quiet");
		expect(result).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/^error .*missing\.jpg/) });
	});

	it.each([
		["no image", ["bench"], /missing required argument/],
		["an unknown flag", ["bench", "a.jpg", "--rums", "3"], /unknown option '--rums'/],
		["a flag about results", ["bench", "a.jpg", "-o", "out"], /unknown option '-o'/],
		["a flag about the token cache", ["bench", "a.jpg", "--no-cache"], /unknown option '--no-cache'/],
		["no runs", ["bench", "a.jpg", "--runs", "0"], /--runs must be an integer from 1 to 1000, got 0/],
		["text for a number", ["bench", "a.jpg", "--runs", "many"], /--runs must be a number, got "many"/],
		["a layer that the model has not", ["bench", "a.jpg", "--layer", "99"], /--layer/],
	])("%s exits 2", async (_name, args, message) => {
		await using sandbox = await createSandbox();
		const result = await sandbox.dinoseg(...args);
		expect(result).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(message) });
	});
});
