import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { writeRandomCheckpoint } from "../../../fixtures/random-checkpoint.ts";
import { smallExample } from "../../../packages/node/test/support/small-example.ts";
import { type CliResult, type Sandbox, sandboxesWithOneCache } from "./harness.ts";

const QUICK = ["--input-size", "112", "--median", "0", "--quiet"];
const NAMES = ["astronaut", "cat", "coffee", "rocket", "tissue"];
const createSandbox = sandboxesWithOneCache();

/** Small examples in the folder `in`. */
async function writePictures(sandbox: Sandbox, names: readonly string[] = NAMES): Promise<void> {
	await mkdir(sandbox.path("in"), { recursive: true });
	for (const name of names) {
		await writeFile(sandbox.path("in", `${name}.png`), await smallExample(`${name}.jpg`));
	}
}

const fit = (sandbox: Sandbox, ...args: string[]): Promise<CliResult> => sandbox.dinoseg("fit", ...QUICK, ...args);

/** What `fit` made of all pictures, once for all tests. */
let codebook: Buffer | undefined;

/** A sandbox with pictures and a codebook of four clusters, `scene.codebook`. */
async function fitted(): Promise<Sandbox> {
	const sandbox = await createSandbox();
	await writePictures(sandbox);
	const path = sandbox.path("scene.codebook");
	if (codebook === undefined) {
		expect(await fit(sandbox, "in", "-k", "4")).toMatchObject({ code: 0 });
		codebook = await readFile(path);
	}
	await writeFile(path, codebook);
	return sandbox;
}

async function readResult(sandbox: Sandbox, folder: string) {
	const { width, height, ids } = await readIds(await readFile(sandbox.path(folder, "labels.png")));
	const document = JSON.parse(await readFile(sandbox.path(folder, "segments.json"), "utf8"));
	return { document, width, height, ids };
}

/** The values of an indexed PNG, not its colours. */
async function readIds(png: Uint8Array) {
	const { data, info } = await sharp(png, { ignoreIcc: true }).toColourspace("srgb").raw().toBuffer({
		resolveWithObject: true,
	});
	const palette = paletteOf(png);
	const idOf = new Map(palette.map((color, id) => [color, id]));
	const ids = Array.from({ length: info.width * info.height }, (_, pixel) => {
		const at = pixel * info.channels;
		return idOf.get(data.subarray(at, at + 3).toString("hex")) ?? -1;
	});
	return { width: info.width, height: info.height, ids, palette };
}

/** The colours of a PNG by their index, hex; the first of two equal ones counts. */
function paletteOf(png: Uint8Array): string[] {
	const bytes = Buffer.from(png);
	const at = bytes.indexOf("PLTE");
	const length = bytes.readUInt32BE(at - 4);
	return Array.from({ length: length / 3 }, (_, id) =>
		bytes.subarray(at + 4 + 3 * id, at + 7 + 3 * id).toString("hex"),
	);
}

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
			failures: [{ path: "bad.jpg", code: "IMAGE_UNSUPPORTED" }],
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

describe("dinoseg fit --shard", () => {
	const part = (sandbox: Sandbox, shard: string, ...args: string[]) =>
		fit(sandbox, "in", "-k", "4", "-o", "parts.codebook", "--shard", shard, ...args);
	const merge = (sandbox: Sandbox, ...args: string[]) =>
		sandbox.dinoseg("fit", "-o", "parts.codebook", "--merge", "--quiet", ...args);

	it("makes parts that merge to the bytes of one run", async () => {
		await using sandbox = await fitted();
		expect(await part(sandbox, "1/2")).toMatchObject({ code: 0 });
		const early = await merge(sandbox);
		expect(early.code).toBe(1);
		expect(early.stderr).toContain("parts.codebook: of its 2 parts these are missing: 2.");
		expect(await part(sandbox, "2/2")).toMatchObject({ code: 0 });
		expect((await part(sandbox, "2/2")).stderr).toContain("parts.codebook.2-of-2: is there already");
		expect(await merge(sandbox)).toMatchObject({ code: 0 });
		const whole = await readFile(sandbox.path("scene.codebook"));
		expect(await readFile(sandbox.path("parts.codebook"))).toEqual(whole);
		// Names can be given when parts are merged, too.
		await writeFile(sandbox.path("names.csv"), "id,name,color\n3,far,\n");
		expect(await merge(sandbox, "--force", "--names", "names.csv")).toMatchObject({ code: 0 });
		expect((await readFile(sandbox.path("parts.codebook"))).includes("far")).toBe(true);
	});

	it("makes a part of no image where there are few, and refuses a merge of nothing else", async () => {
		await using sandbox = await fitted();
		for (const number of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
			expect(await part(sandbox, `${number}/9`), `${number}`).toMatchObject({ code: 0 });
		}
		expect(await merge(sandbox)).toMatchObject({ code: 0 });
		const whole = await readFile(sandbox.path("scene.codebook"));
		expect(await readFile(sandbox.path("parts.codebook"))).toEqual(whole);
		await writeFile(sandbox.path("list.txt"), "");
		const empty = ["--from", "list.txt", "-o", "empty.codebook"];
		for (const shard of ["1/2", "2/2"]) {
			expect(await fit(sandbox, ...empty, "--shard", shard)).toMatchObject({ code: 0 });
		}
		const nothing = await sandbox.dinoseg("fit", "-o", "empty.codebook", "--merge");
		expect(nothing).toMatchObject({ code: 1, stderr: expect.stringContaining("no image") });
		expect(await readdir(sandbox.folder)).not.toContain("empty.codebook");
		const absent = await fit(sandbox, "absent", "-o", "absent.codebook", "--shard", "1/2");
		expect(absent).toMatchObject({ code: 1, stderr: expect.stringContaining("is not written") });
	});

	it("refuses parts that were made otherwise, or belong to several divisions", async () => {
		await using sandbox = await createSandbox();
		await writePictures(sandbox);
		await part(sandbox, "1/2");
		expect(await part(sandbox, "2/2", "--denoise", "0")).toMatchObject({ code: 0 });
		const other = await merge(sandbox);
		expect(other.code).toBe(1);
		expect(other.stderr).toContain(
			"parts.codebook.1-of-2 and parts.codebook.2-of-2: both must be made alike, but --denoise differs: 1 and 0",
		);
		await part(sandbox, "3/3");
		expect(await merge(sandbox)).toMatchObject({
			code: 2,
			stderr: expect.stringContaining("parts of 2 and of 3 shards"),
		});
	});

	it("refuses a merge without parts, and of a file that is no part", async () => {
		await using sandbox = await fitted();
		expect(await merge(sandbox)).toMatchObject({ code: 1, stderr: expect.stringContaining("has no parts beside it") });
		await writeFile(sandbox.path("parts.codebook.1-of-1"), await readFile(sandbox.path("scene.codebook")));
		const { code, stderr } = await merge(sandbox);
		expect(code).toBe(1);
		expect(stderr).toContain("parts.codebook.1-of-1: ");
		expect(await readdir(sandbox.folder)).not.toContain("parts.codebook");
	});

	it.each([
		["-k", "3"],
		["--denoise", "0"],
		["-m", "tiny"],
		["--preset", "fast"],
	])("refuses %s %s at a merge, where the parts decide", async (...args) => {
		await using sandbox = await createSandbox();
		const { code, stderr } = await merge(sandbox, ...args);
		expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("the parts do") });
	});
});

describe("dinoseg fit --update", () => {
	const update = (sandbox: Sandbox, ...args: string[]) =>
		sandbox.dinoseg("fit", "--update", "--json", "--quiet", ...args);

	it("adds images, and keeps ids and names", async () => {
		await using sandbox = await createSandbox();
		await writePictures(sandbox, ["astronaut", "cat", "rocket"]);
		await writeFile(sandbox.path("names.csv"), "id,name,color\n0,first,#102030\n2,third,\n");
		expect(await fit(sandbox, "in", "-k", "4", "--names", "names.csv")).toMatchObject({ code: 0 });
		await sandbox.dinoseg("apply", "scene.codebook", "in", "-o", "before");
		await writeFile(sandbox.path("coffee.png"), await smallExample("coffee.jpg"));
		const { code, stdout, stderr } = await update(sandbox, "coffee.png");
		expect(code, stderr).toBe(0);
		const document = JSON.parse(stdout);
		expect(document).toMatchObject({ images: 4, failed: 0 });
		expect(document.clusters.map(({ name }: Segment) => name)).toEqual(["first", "segment-1", "third", "segment-3"]);
		expect(document.clusters[0].color).toBe("#102030");
		await sandbox.dinoseg("apply", "scene.codebook", "in", "-o", "after");
		for (const name of ["astronaut", "cat", "rocket"]) {
			const [before, after] = [await readResult(sandbox, `before/${name}`), await readResult(sandbox, `after/${name}`)];
			expect(after.document.codebook.digest).not.toBe(before.document.codebook.digest);
			const same = after.ids.filter((id, pixel) => id === before.ids[pixel]).length;
			expect(same / after.ids.length, name).toBeGreaterThan(0.6);
		}
	});

	it("names clusters, in results and exports, without images", async () => {
		await using sandbox = await fitted();
		await sandbox.dinoseg("apply", "scene.codebook", "in");
		await writeFile(sandbox.path("names.csv"), "id,name,color\n0,ground,#ff0000\n1,sky,\n");
		const named = await update(sandbox, "--names", "names.csv");
		expect(named.code, named.stderr).toBe(0);
		expect(JSON.parse(named.stdout)).toMatchObject({
			images: 5,
			clusters: [{ name: "ground" }, { name: "sky" }, {}, {}],
		});
		const differs = await sandbox.dinoseg("apply", "scene.codebook", "in");
		expect(differs).toMatchObject({ code: 1, stderr: expect.stringContaining("names or colours of --codebook") });
		expect(await sandbox.dinoseg("apply", "scene.codebook", "in", "--force")).toMatchObject({ code: 0 });
		const called = new Set<string>();
		for (const name of NAMES) {
			const { document } = await readResult(sandbox, `out/${name}`);
			for (const { id, name: given, color } of document.segments as Segment[]) {
				expect(given).toBe(["ground", "sky"][id] ?? `segment-${id}`);
				expect(id === 0).toBe(color === "#ff0000");
				called.add(given);
			}
		}
		expect(await sandbox.dinoseg("export", "out", "--format", "coco", "-o", "coco.json")).toMatchObject({ code: 0 });
		const coco = JSON.parse(await readFile(sandbox.path("coco.json"), "utf8"));
		expect(new Set(coco.categories.map(({ name }: { name: string }) => name))).toEqual(called);
		await writeFile(sandbox.path("second.csv"), "id,name,color\n1,heaven,\n");
		const renamed = JSON.parse((await update(sandbox, "--names", "second.csv")).stdout);
		expect(renamed.clusters).toMatchObject([{ name: "ground", color: "#ff0000" }, { name: "heaven" }, {}, {}]);
	});

	it("refuses a name for an id that there is not, and leaves the file as it was", async () => {
		await using sandbox = await fitted();
		const before = await readFile(sandbox.path("scene.codebook"));
		await writeFile(sandbox.path("names.csv"), "id,name,color\n4,none,\n");
		const { code, stderr } = await update(sandbox, "--names", "names.csv");
		expect(code).toBe(1);
		expect(stderr).toContain("names the id 4, and the codebook has the ids 0 to 3");
		expect(await readFile(sandbox.path("scene.codebook"))).toEqual(before);
	});

	it.each([
		["0,ground,\n", "1,ground,\n", 'the clusters 0 and 1 would share the name "ground"'],
		["0,ground,#123456\n", "1,,#123456\n", "the clusters 0 and 1 would share the colour #123456"],
		["0,ground,\n", "1,segment-3,\n", 'the clusters 1 and 3 would share the name "segment-3"'],
	])("refuses two clusters of one name or colour: %j and %j", async (first, second, text) => {
		await using sandbox = await fitted();
		await writeFile(sandbox.path("first.csv"), `id,name,color\n${first}`);
		await writeFile(sandbox.path("second.csv"), `id,name,color\n${second}`);
		expect(await update(sandbox, "--names", "first.csv")).toMatchObject({ code: 0 });
		const { code, stderr } = await update(sandbox, "--names", "second.csv");
		expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(text) });
		expect(await update(sandbox, "--names", "first.csv")).toMatchObject({ code: 0 });
	});

	it("refuses what the codebook decides, and one that is not there", async () => {
		await using sandbox = await fitted();
		expect(await update(sandbox, "in", "--facet", "key")).toMatchObject({
			code: 2,
			stderr: expect.stringContaining("--facet has nothing to decide here: the codebook does"),
		});
		expect(await update(sandbox, "in", "-o", "absent.codebook")).toMatchObject({
			code: 1,
			stderr: expect.stringContaining("absent.codebook"),
		});
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
