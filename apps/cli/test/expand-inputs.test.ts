import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expandInputs } from "../dist/inputs/expand-inputs.js";

/** In no order of their own; a search meets files before the folders beside them. */
const FILES = ["b.jpg", "a/z.png", "a/b/c.jpg", "d/1.jpg", "a/b.jpg", "c.png", "d/10.jpg", "d/2.jpg", "Z.jpg", "é.jpg"];

let cwd: string;
beforeAll(async () => {
	cwd = await mkdtemp(join(tmpdir(), "dinoseg-inputs-"));
	for (const name of FILES) {
		const path = join(cwd, "in", name);
		await mkdir(dirname(path), { recursive: true });
		await writeFile(path, "");
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
});
