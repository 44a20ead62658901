import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { smallExample } from "../../../packages/node/test/support/small-example.ts";
import { fit, fitted, NAMES, QUICK, readResult, writePictures } from "./codebook-sandbox.ts";
import { createSandbox, type Sandbox } from "./harness.ts";

interface Segment {
	readonly id: number;
	readonly name: string;
	readonly color: string;
	readonly pixels: number;
}

describe("dinoseg fit --shard", () => {
	const part = (sandbox: Sandbox, shard: string, ...args: string[]) =>
		fit(sandbox, "in", "-k", "4", "-o", "parts.codebook", "--shard", shard, ...args);
	const merge = (sandbox: Sandbox, ...args: string[]) =>
		sandbox.dinoseg("fit", "-o", "parts.codebook", "--merge", "--quiet", ...args);

	it("leaves what merges to the bytes of one run, and goes on", async () => {
		await using sandbox = await fitted();
		expect(await part(sandbox, "1/2")).toMatchObject({ code: 0 });
		const early = await merge(sandbox);
		expect(early.code).toBe(1);
		expect(early.stderr).toContain("parts.codebook: of its 2 shards these are missing: 2.");
		expect((await part(sandbox, "2/2", "--json")).stdout).toContain('"output": "parts.codebook.parts"');
		const again = await sandbox.dinoseg("status", "parts.codebook.parts");
		expect(again).toMatchObject({ code: 0, stdout: "parts.codebook.parts: 5 done, 2 of 2 shards complete\n" });
		expect(await merge(sandbox)).toMatchObject({ code: 0 });
		const whole = await readFile(sandbox.path("scene.codebook"));
		expect(await readFile(sandbox.path("parts.codebook"))).toEqual(whole);
		// Names can be given when parts are merged, too.
		await writeFile(sandbox.path("names.csv"), "id,name,color\n3,far,\n");
		expect(await merge(sandbox, "--force", "--names", "names.csv")).toMatchObject({ code: 0 });
		expect((await readFile(sandbox.path("parts.codebook"))).includes("far")).toBe(true);
		expect(await sandbox.dinoseg("merge", "parts.codebook.parts")).toMatchObject({
			code: 1,
			stderr: expect.stringContaining("parts of a codebook, and no results"),
		});
	});

	it("leaves nothing of no image where there are few, and refuses a merge of nothing else", async () => {
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
	});

	it("leaves out what cannot be read, as one run does", async () => {
		await using sandbox = await fitted();
		await writeFile(sandbox.path("in/bad.jpg"), "no image");
		const codes = [(await part(sandbox, "1/2")).code, (await part(sandbox, "2/2")).code];
		expect(codes.sort()).toEqual([0, 3]);
		expect(await merge(sandbox)).toMatchObject({ code: 3 });
		const whole = await readFile(sandbox.path("scene.codebook"));
		expect(await readFile(sandbox.path("parts.codebook"))).toEqual(whole);
	});

	it("looks again at images whose part is gone, or has changed", async () => {
		await using sandbox = await fitted();
		const both = async () => {
			for (const shard of ["1/2", "2/2"]) {
				expect(await part(sandbox, shard)).toMatchObject({ code: 0 });
			}
		};
		const whole = await readFile(sandbox.path("scene.codebook"));
		const partsOf = async () => (await readdir(sandbox.path("parts.codebook.parts/parts"))).sort();
		await both();
		const [first] = await partsOf();
		const before = await partsOf();
		const path = sandbox.path("parts.codebook.parts/parts", first);
		const bytes = await readFile(path);
		// The last bit of a number of the last point: it is still a part.
		bytes[bytes.length - 4] ^= 1;
		await writeFile(path, bytes);
		expect(await merge(sandbox)).toMatchObject({ code: 1, stderr: expect.stringContaining("has changed") });
		expect(await merge(sandbox)).toMatchObject({ code: 1, stderr: expect.stringContaining("is gone") });
		await both();
		expect(await merge(sandbox)).toMatchObject({ code: 0 });
		expect(await readFile(sandbox.path("parts.codebook"))).toEqual(whole);
		expect(await partsOf()).toEqual(before);

		// All that are gone are looked at again by one command.
		await rm(sandbox.path("parts.codebook.parts/parts"), { recursive: true });
		expect(await merge(sandbox, "--force")).toMatchObject({ code: 1, stderr: expect.stringContaining("is gone") });
		await both();
		expect(await merge(sandbox, "--force")).toMatchObject({ code: 0 });
		expect(await readFile(sandbox.path("parts.codebook"))).toEqual(whole);
	});

	it("refuses parts that would be made otherwise, or belong to another division", async () => {
		await using sandbox = await createSandbox();
		await writePictures(sandbox);
		await part(sandbox, "1/2");
		expect(await part(sandbox, "2/2", "--denoise", "0")).toMatchObject({
			code: 1,
			stderr: expect.stringContaining("--denoise 1 there, 0 now"),
		});
		expect(await part(sandbox, "3/3")).toMatchObject({
			code: 1,
			stderr: expect.stringContaining("2 shards there, 3 now"),
		});
		const batch = await sandbox.dinoseg("batch", "in", "-o", "parts.codebook.parts", ...QUICK);
		expect(batch).toMatchObject({ code: 1, stderr: expect.stringContaining("parts of a codebook there, results now") });
	});

	it("refuses a merge without parts", async () => {
		await using sandbox = await fitted();
		expect(await merge(sandbox)).toMatchObject({ code: 1, stderr: expect.stringContaining("has no parts beside it") });
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
