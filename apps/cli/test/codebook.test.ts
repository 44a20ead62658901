import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { writeRandomCheckpoint } from "../../../fixtures/random-checkpoint.ts";
import { fit, fitted, NAMES, QUICK, readResult, writePictures } from "./codebook-sandbox.ts";
import { createSandbox } from "./harness.ts";

interface Segment {
	readonly id: number;
	readonly name: string;
	readonly color: string;
	readonly pixels: number;
}

describe("dinoseg fit and apply", () => {
	it("give the same ids, colours and names to what is alike in all images", async () => {
		await using sandbox = await fitted();
		const applied = await sandbox.dinoseg("apply", "scene.codebook", "in", "--json", "--quiet");
		expect(applied.code, applied.stderr).toBe(0);
		const colors = new Map<number, string>();
		const digests = new Set<string>();
		const shares = new Map<number, number>();
		for (const name of NAMES) {
			const { document, ids, width, height } = await readResult(sandbox, `out/${name}`);
			expect(document.codebook).toMatchObject({ clusters: 4, unlike: expect.any(Number) });
			expect(document.options).toMatchObject({ clusters: 4, inputSize: 112, median: 0, position: 0 });
			digests.add(document.codebook.digest);
			const segments: Segment[] = document.segments;
			expect([...new Set(ids)].sort()).toEqual(segments.map(({ id }) => id).sort());
			for (const { id, color, name: called, pixels } of segments) {
				expect(colors.get(id) ?? color).toBe(color);
				expect(called).toBe(`segment-${id}`);
				expect(ids.filter((other) => other === id).length).toBe(pixels);
				colors.set(id, color);
				shares.set(id, (shares.get(id) ?? 0) + pixels / (width * height));
			}
		}
		expect(digests.size).toBe(1);
		expect([...colors.keys()].sort()).toEqual([0, 1, 2, 3]);
		expect(new Set(colors.values()).size).toBe(4);
		expect(Math.max(...shares.values())).toBe(shares.get(0));
	});

	it("do nothing twice, and tell what was made by another codebook", async () => {
		await using sandbox = await fitted();
		const apply = (codebook: string, ...args: string[]) => sandbox.dinoseg("apply", codebook, "in", ...args);
		await apply("scene.codebook");
		const again = await apply("scene.codebook");
		expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining("0 done, 5 done already") });
		expect(await fit(sandbox, "in", "-k", "3", "-o", "other.codebook")).toMatchObject({ code: 0 });
		const other = await apply("other.codebook");
		expect(other.code).toBe(1);
		expect(other.stderr).toMatch(/holds a result already .* --codebook [0-9a-f]{64} there, [0-9a-f]{64} now/);
		const without = await sandbox.dinoseg("segment", "in", ...QUICK, "-k", "4", "--position", "0");
		expect(without.stderr).toMatch(/--codebook [0-9a-f]{64} there, none now/);
		expect(await apply("other.codebook", "--force")).toMatchObject({ code: 0 });
		expect((await readResult(sandbox, "out/cat")).document.codebook.clusters).toBe(3);
	});

	it("do not replace a codebook unless they are told to", async () => {
		await using sandbox = await fitted();
		const before = await readFile(sandbox.path("scene.codebook"));
		const again = await fit(sandbox, "in", "-k", "3");
		expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("scene.codebook: is there already") });
		expect(await readFile(sandbox.path("scene.codebook"))).toEqual(before);
		expect(await fit(sandbox, "in", "-k", "3", "--force")).toMatchObject({ code: 0 });
		expect(await readFile(sandbox.path("scene.codebook"))).not.toEqual(before);
	});

	it("tell in one document what was found", async () => {
		await using sandbox = await createSandbox();
		await writePictures(sandbox);
		await writeFile(sandbox.path("in/bad.jpg"), "no image");
		const { code, stdout, stderr } = await fit(sandbox, "in", "--json");
		expect(code).toBe(1);
		expect(stderr).toContain("in/bad.jpg");
		const document = JSON.parse(stdout);
		expect(document).toMatchObject({
			output: "scene.codebook",
			images: 5,
			failed: 1,
			failures: [{ path: "in/bad.jpg", code: "IMAGE_UNSUPPORTED" }],
			choice: { clusters: document.clusters.length },
			warnings: [],
		});
		const shares: number[] = document.clusters.map(({ share }: { share: number }) => share);
		expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
		expect(shares).toEqual([...shares].sort((a, b) => b - a));
	});

	it("find the same clusters whatever the order of a list", async () => {
		await using sandbox = await fitted();
		const list = NAMES.map((name) => `in/${name}.png`).reverse();
		const bytes = [Buffer.from(list.join("\0"))];
		const args = ["fit", ...QUICK, "-k", "4", "--from", "-", "-0", "-o", "listed.codebook"];
		expect(await sandbox.dinosegFrom(bytes, ...args)).toMatchObject({ code: 0 });
		expect(await readFile(sandbox.path("listed.codebook"))).toEqual(await readFile(sandbox.path("scene.codebook")));
	});

	it("write no file where no image can be read", async () => {
		await using sandbox = await createSandbox();
		await mkdir(sandbox.path("in"));
		await writeFile(sandbox.path("in/bad.jpg"), "no image");
		const { code, stderr } = await fit(sandbox, "in");
		expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("scene.codebook: is not written") });
		expect(await readdir(sandbox.folder)).not.toContain("scene.codebook");
	});

	it("warn of a picture of another kind", async () => {
		await using sandbox = await createSandbox();
		await writePictures(sandbox, ["cat", "rocket"]);
		expect(await fit(sandbox, "in/cat.png", "-k", "2")).toMatchObject({ code: 0 });
		const { code, stderr } = await sandbox.dinoseg("apply", "scene.codebook", "in");
		expect(code).toBe(0);
		expect(stderr).toMatch(/warning in\/rocket\.png: \d+ % of the picture is unlike all that the codebook/);
		expect(stderr).not.toMatch(/warning in\/cat\.png/);
		const [cat, rocket] = [await readResult(sandbox, "out/cat"), await readResult(sandbox, "out/rocket")];
		expect(cat.document.warnings).toEqual([]);
		expect(cat.document.codebook.unlike).toBeLessThan(0.25);
		expect(rocket.document.warnings).toMatchObject([{ code: "UNLIKE_CODEBOOK" }]);
		expect(rocket.document.codebook.unlike).toBeGreaterThan(0.25);
	});

	it("give connected regions the ids of clusters", async () => {
		await using sandbox = await fitted();
		const regions = (...args: string[]) =>
			sandbox.dinoseg("apply", "scene.codebook", "in", "--segments", "regions", ...args);
		expect(await regions("-k", "5", "--min-area", "0")).toMatchObject({ code: 0 });
		for (const name of NAMES) {
			const { document, ids } = await readResult(sandbox, `out/${name}`);
			expect(Math.max(...ids)).toBeLessThan(4);
			expect(document.options).toMatchObject({ segments: "regions", clusters: 5 });
			expect(document.codebook.clusters).toBe(4);
			expect(await readdir(sandbox.path("out", name))).toContain("borders.png");
		}
		expect(await regions("-k", "5", "--min-area", "0")).toMatchObject({
			code: 0,
			stderr: expect.stringContaining("5 done already"),
		});
		expect((await regions()).stderr).toContain("--clusters 5 there, auto now");
	});

	it("write one file to stdout, and the same labels in a batch", async () => {
		await using sandbox = await fitted();
		await sandbox.dinoseg("apply", "scene.codebook", "in");
		const expected = await readFile(sandbox.path("out/cat/labels.png"));
		const piped = await sandbox.dinoseg("apply", "scene.codebook", "in/cat.png", "-o", "-", "--write", "labels");
		expect(piped.stdoutBytes).toEqual(expected);
		const bytes = [await readFile(sandbox.path("in/cat.png"))];
		const args = ["apply", "scene.codebook", "-", "-o", "-", "--write", "labels"];
		expect((await sandbox.dinosegFrom(bytes, ...args)).stdoutBytes).toEqual(expected);
		const batch = (...more: string[]) =>
			sandbox.dinoseg("batch", "in", "--codebook", "scene.codebook", "-o", "batch", "--json", ...more);
		expect(JSON.parse((await batch()).stdout)).toMatchObject({ done: 5, bad: 0, open: 0 });
		for (const name of NAMES) {
			const labels = await readFile(sandbox.path(`batch/${name}.png/labels.png`));
			expect(labels).toEqual(await readFile(sandbox.path(`out/${name}/labels.png`)));
		}
		expect(JSON.parse((await batch()).stdout)).toMatchObject({ done: 0, present: 5 });
		await fit(sandbox, "in", "-k", "3", "--force");
		expect(await batch()).toMatchObject({ code: 1, stderr: expect.stringContaining("--codebook") });
	});

	it("name a bad image and go on", async () => {
		await using sandbox = await fitted();
		await writeFile(sandbox.path("in/bad.jpg"), "no image");
		const { code, stderr } = await sandbox.dinoseg("apply", "scene.codebook", "in");
		expect(code).toBe(1);
		expect(stderr).toMatch(/error in\/bad\.jpg: /);
		expect(stderr).toContain("5 done, 1 failed");
	});
});

describe("what a codebook cannot do", () => {
	it.each([
		["apply", ["apply", "scene.codebook", "in", "-k", "3"], "--clusters has nothing to decide here: the codebook does"],
		["apply", ["apply", "scene.codebook", "in", "--facet", "key"], "--facet"],
		["apply", ["apply", "scene.codebook", "in", "--names", "names.csv"], "--names"],
		["batch", ["batch", "in", "--codebook", "scene.codebook", "-k", "3"], "--clusters has nothing to decide here"],
		["batch", ["batch", "in", "--codebook", "scene.codebook", "--facet", "key"], "--facet has nothing to decide here"],
		[
			"batch",
			["batch", "in", "--codebook", "scene.codebook", "--preset", "fast"],
			"--preset has nothing to decide here",
		],
		["watch", ["watch", "in", "--codebook", "scene.codebook", "--sweep", "2..3"], "--sweep has nothing to decide here"],
	])("of %s: %j", async (_, args, text) => {
		await using sandbox = await createSandbox();
		await writePictures(sandbox, []);
		const { code, stderr } = await sandbox.dinoseg(...args);
		expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(text) });
	});

	it("be another file, or a damaged one", async () => {
		await using sandbox = await fitted();
		const bytes = await readFile(sandbox.path("scene.codebook"));
		await writeFile(sandbox.path("short.codebook"), bytes.subarray(0, bytes.length / 2));
		await writeFile(sandbox.path("empty.codebook"), "");
		const damaged = Buffer.from(bytes);
		damaged.fill(255, bytes.length - 64);
		await writeFile(sandbox.path("damaged.codebook"), damaged);
		for (const file of ["in/cat.png", "short.codebook", "empty.codebook", "damaged.codebook"]) {
			const { code, stderr } = await sandbox.dinoseg("apply", file, "in");
			expect(code, stderr).toBe(1);
			expect(stderr).toMatch(new RegExp(`^error ${file}: .+ ([Cc]opy (it|or download it) again)`));
		}
		const absent = await sandbox.dinoseg("apply", "absent.codebook", "in");
		expect(absent).toMatchObject({ code: 1, stderr: expect.stringContaining("absent.codebook: no such file") });
		expect(await readdir(sandbox.folder)).not.toContain("out");
	});

	it("be that of another model", async () => {
		await using sandbox = await fitted();
		await writeRandomCheckpoint(sandbox.path("other"), { hiddenSize: 48, heads: 3, layers: 2, mlp: "gelu" });
		const { code, stderr } = await sandbox.dinoseg("apply", "scene.codebook", "in/cat.png", "-m", "./other");
		expect(code).toBe(1);
		expect(stderr).toMatch(/both must be made alike, but the model differs: tiny \([0-9a-f]{64}\) and /);
	});

	it("have more clusters than its points", async () => {
		await using sandbox = await createSandbox();
		await writePictures(sandbox, ["cat"]);
		const { code, stderr } = await fit(sandbox, "in", "-k", "1000");
		expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/1000/) });
		expect(await readdir(sandbox.folder)).not.toContain("scene.codebook");
	});
});

describe("dinoseg fit explains", () => {
	it.each([
		[[], "No images are named"],
		[["--update"], "No images are named"],
		[["--names", "names.csv"], "No images are named"],
		[["in", "-"], "--from -"],
		[["in", "-0"], "-0 is for a list"],
		[["in", "--merge"], "--merge joins parts"],
		[["--from", "list.txt", "--merge"], "--merge joins parts"],
		[["--merge", "--update"], "--merge joins parts"],
		[["--merge", "--shard", "1/2"], "--merge joins parts"],
		[["--merge", "--shards", "2"], "--merge joins parts"],
		[["in", "--update", "--shard", "1/2"], "--update adds images in one run"],
		[["in", "--update", "--shards", "2"], "--update adds images in one run"],
		[["in", "--retry-bad"], "--retry-bad has nothing to decide here"],
		[["--merge", "--retry-bad"], "--retry-bad has nothing to decide here"],
		[["in", "--shard", "3/2"], "--shard"],
		[["in", "--shards", "2"], "JOB_COMPLETION_INDEX"],
	])("%j", async (args, text) => {
		await using sandbox = await createSandbox();
		const { code, stderr } = await sandbox.dinoseg("fit", ...args);
		expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(text) });
	});

	it("itself and the others with --help", async () => {
		await using sandbox = await createSandbox();
		expect((await sandbox.dinoseg("fit", "--help")).stdout).toContain("--merge");
		expect((await sandbox.dinoseg("apply", "--help")).stdout).toContain("<codebook>");
		for (const command of ["watch", "batch"]) {
			expect((await sandbox.dinoseg(command, "--help")).stdout).toContain("--codebook <file>");
		}
	});
});
