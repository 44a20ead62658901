import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expandInputs } from "../dist/inputs/expand-inputs.js";
import { nameOutputs } from "../dist/inputs/name-outputs.js";
import { describeSkipped } from "../dist/inputs/skipped-files.js";

/** In no order of their own; a search meets files before the folders beside them. */
const FILES = ["b.jpg", "a/z.png", "a/b/c.jpg", "d/1.jpg", "a/b.jpg", "c.png", "d/10.jpg", "d/2.jpg", "Z.jpg", "é.jpg"];

/** What a telephone's folder holds, beside a dead link. */
const TELEPHONE = ["1.HEIC", "2.heic", "more/3.jxl", "notes.txt", "4.jpg"];

let cwd: string;
beforeAll(async () => {
	cwd = await mkdtemp(join(tmpdir(), "dinoseg-inputs-"));
	for (const name of [...FILES.map((file) => `in/${file}`), ...TELEPHONE.map((file) => `telephone/${file}`)]) {
		await mkdir(dirname(join(cwd, name)), { recursive: true });
		await writeFile(join(cwd, name), "");
	}
	if (process.platform !== "win32") {
		await symlink("nowhere.jpg", join(cwd, "telephone", "gone.jpg"));
	}
});
afterAll(() => rm(cwd, { recursive: true }));

async function expand(...inputs: readonly string[]): Promise<string[]> {
	const { jobs, failures } = await expandInputs(inputs, { outputFolder: "out", cwd });
	expect(failures).toEqual([]);
	return jobs.map(({ input }) => input);
}

describe("expandInputs", () => {
	it("gives the files of a glob sorted by their paths, whatever order the search meets them in", async () => {
		expect(await expand("in/**/*.{jpg,png}")).toEqual(FILES.map((name) => `in/${name}`).sort());
	});

	it("keeps the order of several inputs, the files of each glob sorted, and takes each file once", async () => {
		expect(await expand("in/d/*.jpg", "in/c.png", "in/a/**/*", "in/d/2.jpg")).toEqual([
			"in/d/1.jpg",
			"in/d/10.jpg",
			"in/d/2.jpg",
			"in/c.png",
			"in/a/b.jpg",
			"in/a/b/c.jpg",
			"in/a/z.png",
		]);
	});

	it.skipIf(process.platform === "win32")("counts what looks like an image and is not read, in folders", async () => {
		const extensions = [".jpg"];
		const { jobs, failures, skipped } = await expandInputs(["telephone"], { outputFolder: "out", cwd, extensions });
		expect(jobs.map(({ input }) => input)).toEqual(["telephone/4.jpg"]);
		expect(failures).toEqual([]);
		expect(skipped).toEqual({ HEIC: 2, "JPEG XL": 1, "dead link": 1 });
		expect(describeSkipped(skipped)).toBe("skipped 4: 2 HEIC, 1 JPEG XL, 1 dead link");
	});

	it.skipIf(process.platform === "win32")("reads HEIC in folders where its package is installed", async () => {
		const { jobs } = await expandInputs(["telephone"], { outputFolder: "out", cwd });
		expect(jobs.map(({ input }) => input)).toEqual(["telephone/1.HEIC", "telephone/2.heic", "telephone/4.jpg"]);
	});

	it("finds images whatever the case of their extension, but nothing hidden", async () => {
		for (const name of ["1.JPG", "2.Tiff", ".3.jpg", ".cache/4.jpg"]) {
			await mkdir(dirname(join(cwd, "mixed", name)), { recursive: true });
			await writeFile(join(cwd, "mixed", name), "");
		}
		expect(await expand("mixed")).toEqual(["mixed/1.JPG", "mixed/2.Tiff"]);
	});

	it.skipIf(process.platform === "win32")("follows no links in a glob", async () => {
		await mkdir(join(cwd, "real"));
		await writeFile(join(cwd, "real", "a.jpg"), "");
		await mkdir(join(cwd, "links"));
		await symlink(join(cwd, "real"), join(cwd, "links", "to-real"));
		await writeFile(join(cwd, "links", "b.jpg"), "");
		expect(await expand("links/**/*.jpg")).toEqual(["links/b.jpg"]);
	});

	it.skipIf(process.platform === "win32")("takes a pattern whose first folder is open from the root on", async () => {
		await mkdir(join(cwd, "rooted"));
		await writeFile(join(cwd, "rooted", "a.jpg"), "");
		const [first, ...others] = cwd.slice(1).split("/");
		const below = [...others, "rooted", "*.jpg"].join("/");
		const { jobs } = await expandInputs([`/${first.slice(0, -1)}[${first.at(-1)}]/${below}`], {
			outputFolder: "out",
			cwd: "/",
		});
		expect(jobs).toMatchObject([
			{ input: join(cwd, "rooted/a.jpg"), outputFolder: join("out", cwd.slice(1), "rooted/a") },
		]);
	});

	it("never writes outside of the output folder", () => {
		const image = { path: "a.jpg", absolutePath: "/photos/a.jpg", namedPath: join("..", "..", "a.jpg") };
		expect(nameOutputs([image])).toEqual([{ path: "a.jpg", outputName: "a" }]);
	});

	it("refuses two images that would write to one folder", async () => {
		const inputs = ["in/b.jpg", "in/a/b.jpg"];
		await expect(expandInputs(inputs, { outputFolder: "out", cwd })).rejects.toMatchObject({
			code: "INPUT_CONFLICT",
			details: { inputs },
		});
	});

	it("names what an empty folder has instead of images", async () => {
		await mkdir(join(cwd, "raw"));
		await writeFile(join(cwd, "raw", "1.CR2"), "");
		const { failures } = await expandInputs(["raw"], { outputFolder: "out", cwd });
		expect(failures[0].error).toMatchObject({
			code: "INPUT_EMPTY",
			message: expect.stringContaining("(skipped 1: 1 camera RAW)"),
		});
	});

	it.each(["https://example.org/a.jpg", "s3://bucket/a.jpg", "file:///tmp/a.jpg"])(
		"opens no address: %s",
		async (url) => {
			const { failures } = await expandInputs([url], { outputFolder: "out", cwd });
			expect(failures[0].error).toMatchObject({
				code: "INPUT_NOT_FOUND",
				message: expect.stringContaining("dinoseg opens files and s3:// addresses, no others"),
			});
		},
	);
});
