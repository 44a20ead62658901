import { readFile, symlink } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseSegments } from "@dinoseg/core/labels";
import { describe, expect, it } from "vitest";
import { createSandbox, examplePath } from "./harness.ts";

const cat = examplePath("cat.jpg");
const tiny = fileURLToPath(new URL("../../../models/tiny", import.meta.url));

async function shapeOf(path: string): Promise<string | undefined> {
	return /'shape': \(([^)]*)\)/.exec((await readFile(path)).toString("latin1", 0, 128))?.[1];
}

describe("flags of the network", () => {
	it.each([
		["one facet", ["--facet", "key"], "11, 16, 192"],
		["joined layers", ["--layer", "-4,-1"], "11, 16, 384"],
		["a facet of joined layers", ["--facet", "value", "--layer", "0,3,-1"], "11, 16, 576"],
		["a denser stride", ["--stride", "7"], "21, 31, 192"],
	])("%s gives the grid that follows", async (_name, flags, shape) => {
		await using sandbox = await createSandbox();
		const result = await sandbox.dinoseg("features", cat, "-o", "t.npy", "--input-size", "224", ...flags);
		expect(result.code, result.stderr).toBe(0);
		expect(await shapeOf(sandbox.path("t.npy"))).toBe(shape);
	});

	it("never takes tokens of other flags from the cache", async () => {
		await using sandbox = await createSandbox();
		const variants = [
			[],
			["--facet", "key"],
			["--layer", "0"],
			["--stride", "13"],
			["--position-grid", "hf"],
			["--dtype", "int8"],
			["--debias"],
		];
		const contents = new Set<string>();
		// The second of two that shared tokens would find those of the first; all are kept when the first comes again.
		for (const [index, flags] of [...variants, variants[0]].entries()) {
			const file = `${index}.npy`;
			const result = await sandbox.dinoseg("features", cat, "-o", file, "--input-size", "112x98", "--quiet", ...flags);
			expect(result.code, result.stderr).toBe(0);
			contents.add((await readFile(sandbox.path(file))).toString("base64"));
		}
		expect(contents.size).toBe(variants.length);
	});

	it.each([
		["a layer that the model lacks", ["--layer", "8"], /--layer .*8.*(0 to 7|-8 to 7)/],
		["a stride above the patch", ["--stride", "15"], /--stride .*14.*15/],
		["an input size that is no multiple of the patch", ["--input-size", "100x98"], /--input-size .*100.*(98|112)/],
		["an unknown facet", ["--facet", "patch"], /--facet must be one of token, key, query, value, got "patch"/],
		["an unknown precision", ["--dtype", "fp16"], /--dtype.*fp16.*fp32, int8/],
		["a device that is not here", ["--device", "abacus"], /abacus.*cpu/s],
		["an unknown preset", ["--preset", "glossy"], /--preset.*glossy.*paper/],
	])("%s is wrong usage", async (_name, flags, message) => {
		await using sandbox = await createSandbox();
		const result = await sandbox.dinoseg("segment", cat, ...flags);
		expect(result.stderr).toMatch(message);
		expect(result.code).toBe(2);
		expect(result.stderr).not.toMatch(/^ {4}at /m);
	});
});

describe("--repair and --debias", () => {
	it("are named in segments.json, and off where nobody asks", async () => {
		await using sandbox = await createSandbox();
		for (const flags of [[], ["--repair"], ["--debias"], ["--repair", "--debias"]]) {
			const result = await sandbox.dinoseg("segment", cat, "--input-size", "112", "--force", "--quiet", ...flags);
			expect(result.code, result.stderr).toBe(0);
			const { options } = parseSegments(await readFile(sandbox.path("out/cat/segments.json"), "utf8"));
			expect([options.repair, options.debias]).toEqual(["--repair", "--debias"].map((flag) => flags.includes(flag)));
		}
	});

	it("take no value, and say nothing about results that are there", async () => {
		await using sandbox = await createSandbox();
		const wrong = [
			["segment", cat, "--repair=yes"],
			["evaluate", "--truth", ".", "--dataset", "generic", "--pred", ".", "--debias"],
			["evaluate", "--truth", ".", "--dataset", "generic", "--pred", ".", "--repair"],
		];
		for (const args of wrong) {
			const result = await sandbox.dinoseg(...args);
			expect(result.stderr).toContain(args.at(-1)?.split("=")[0]);
			expect(result.code).toBe(2);
		}
	});
});

describe("--preset paper", () => {
	it("is the recipe of the report, and gives way to flags", async () => {
		await using sandbox = await createSandbox();
		// A folder of that name stands in for the checkpoint: an existing folder comes before any name.
		await symlink(tiny, sandbox.path("dinov2-large"));
		const result = await sandbox.dinoseg("segment", cat, "--preset", "paper", "--input-size", "224", "--quiet");
		expect(result.code, result.stderr).toBe(0);
		const { model, options } = parseSegments(await readFile(sandbox.path("out/cat/segments.json"), "utf8"));
		expect(model).toMatchObject({ name: "dinov2-large", dtype: "fp32" });
		expect(options).toMatchObject({
			clusters: 5,
			median: 5,
			pca: 0.99,
			smooth: "median:15",
			minArea: 0,
			inputSize: 224,
		});
	});

	it.each([
		["after", (preset: string[], byHand: string[]) => [...preset, ...byHand]],
		["before", (preset: string[], byHand: string[]) => [...byHand, ...preset]],
	])("gives way to a model, a precision and values that are given by hand %s it", async (_, join) => {
		await using sandbox = await createSandbox();
		// tiny and fp32 are what holds without flags, and 0 and off are no missing values.
		const byHand = ["-m", "tiny", "--dtype", "int8", "--median", "0", "--pca", "off", "--smooth", "none", "-k", "3"];
		const flags = join(["--preset", "paper"], [...byHand, "--input-size", "112"]);
		const result = await sandbox.dinoseg("segment", cat, "--quiet", ...flags);
		expect(result.code, result.stderr).toBe(0);
		const { model, options } = parseSegments(await readFile(sandbox.path("out/cat/segments.json"), "utf8"));
		expect(model).toMatchObject({ name: "tiny", dtype: "int8" });
		expect(options).toMatchObject({
			clusters: 3,
			median: 0,
			pca: "off",
			smooth: "none",
			inputSize: 112,
			denoise: 0,
			whiten: 0,
			position: 0,
			init: "k-means++",
		});
	});

	it("says how to get its model", async () => {
		await using sandbox = await createSandbox();
		const result = await sandbox.dinoseg("segment", cat, "--preset", "paper");
		expect(result.code).toBe(1);
		expect(result.stderr).toMatch(/dinov2-large.*HF_HUB_OFFLINE/);
	});
});
