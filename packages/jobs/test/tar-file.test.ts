import { appendFile, readFile, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { isSameInTar, openTar, sealBytes } from "@dinoseg/jobs";
import fc from "fast-check";
import { extract } from "tar-stream";
import { describe, expect, it } from "vitest";
import { createScratchFolder } from "./scratch-folder.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** The files of a tar by name; a later one replaces an earlier one. */
async function readTar(path: string): Promise<Map<string, string>> {
	const files = new Map<string, string>();
	const extracting = extract();
	extracting.end(await readFile(path));
	for await (const entry of extracting) {
		const chunks: Buffer[] = [];
		for await (const chunk of entry) {
			chunks.push(chunk as Buffer);
		}
		files.set(entry.header.name, Buffer.concat(chunks).toString());
	}
	return files;
}

describe("a tar of outputs", () => {
	it("gives back what was added, wherever the process ended and was begun again", async () => {
		const output = fc.dictionary(fc.stringMatching(/^[a-zü🌲]{1,120}\/[a-z]{1,9}\.png$/u), fc.string(), {
			minKeys: 1,
			maxKeys: 3,
		});
		await fc.assert(
			fc.asyncProperty(fc.array(output, { minLength: 1, maxLength: 5 }), fc.string(), async (outputs, rest) => {
				await using scratch = await createScratchFolder();
				const path = join(scratch.folder, "results.tar");
				let end = 0;
				const expected = new Map<string, string>();
				for (const files of outputs) {
					await using tar = await openTar(path, end);
					const place = await tar.append(new Map(Object.entries(files).map(([name, text]) => [name, bytesOf(text)])));
					expect(place.start).toBe(end);
					end = place.end;
					for (const [name, text] of Object.entries(files)) {
						expected.set(name, text);
					}
					// As a process leaves it that is killed while it writes.
					await appendFile(path, rest);
				}
				await (await openTar(path, end))[Symbol.asyncDispose]();
				expect(await readTar(path)).toEqual(expected);
				expect((await stat(path)).size).toBe(end + 1024);
			}),
			{ numRuns: 20 },
		);
	});

	it("adds outputs that come at the same time one after the other, and knows each by its place", async () => {
		await using scratch = await createScratchFolder();
		const path = join(scratch.folder, "results.tar");
		await using tar = await openTar(path, 0);
		const names = Array.from({ length: 20 }, (_, index) => `${index}.jpg`);
		const places = await Promise.all(names.map((name) => tar.append(new Map([[`${name}/a.txt`, bytesOf(name)]]))));
		expect((await readTar(path)).size).toBe(20);
		// Programs stop reading at the end of a tar: it is behind the last output only.
		expect((await stat(path)).size).toBe(places[19].end + 1024);
		for (const [index, name] of names.entries()) {
			expect(await isSameInTar(path, places[index], { "a.txt": sealBytes(bytesOf(name)) })).toBe(true);
			expect(await isSameInTar(path, places[index], { "a.txt": sealBytes(bytesOf("other")) })).toBe(false);
			expect(await isSameInTar(path, places[index], { "b.txt": sealBytes(bytesOf(name)) })).toBe(false);
		}
		expect(await isSameInTar(join(scratch.folder, "absent.tar"), places[0], {})).toBe(false);
	});

	it("is refused where it is shorter than its manifest says", async () => {
		await using scratch = await createScratchFolder();
		const path = join(scratch.folder, "results.tar");
		const first = await openTar(path, 0);
		const { end } = await first.append(new Map([["a.jpg/a.txt", bytesOf("a")]]));
		await first[Symbol.asyncDispose]();
		await truncate(path, end - 1);
		await expect(openTar(path, end)).rejects.toMatchObject({ code: "MANIFEST_INVALID" });
	});
});
