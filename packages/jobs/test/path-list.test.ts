import { readPathList } from "@dinoseg/jobs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const invalid = expect.objectContaining({ code: "INPUT_UNREADABLE" });

async function read(bytes: Uint8Array, separator: "\n" | "\0", cuts: readonly number[] = []): Promise<string[]> {
	async function* chunks() {
		let start = 0;
		for (const cut of [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
			yield bytes.subarray(start, cut);
			start = cut;
		}
	}
	const paths: string[] = [];
	for await (const path of readPathList(chunks(), separator, "list.txt")) {
		paths.push(path);
	}
	return paths;
}

const path = fc.string({ unit: "grapheme", minLength: 1 });

describe("readPathList", () => {
	it("gives the paths back, wherever their bytes are cut", async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(path), fc.array(fc.nat()), fc.boolean(), async (given, cuts, endsOpen) => {
				const paths = given.filter((name) => !/[\n\r\0]/.test(name));
				const lines = paths.map((name) => `${name}\n`).join("");
				const text = endsOpen ? lines.replace(/\n$/, "") : lines;
				expect(await read(Buffer.from(text), "\n", cuts)).toEqual(paths);
				expect(await read(Buffer.from(text.replaceAll("\n", "\0")), "\0", cuts)).toEqual(paths);
			}),
		);
	});

	it("takes lines of Windows, leaves empty ones out, and keeps spaces", async () => {
		expect(await read(Buffer.from("a b.jpg \r\n\r\n\nc.jpg\r\n"), "\n")).toEqual(["a b.jpg ", "c.jpg"]);
	});

	it("takes line feeds in names that end with NUL", async () => {
		expect(await read(Buffer.from("a\nb.jpg\0c.jpg\0"), "\0")).toEqual(["a\nb.jpg", "c.jpg"]);
	});

	it.each([
		["bytes that are not UTF-8", Buffer.from([0x61, 0xff, 0x0a])],
		["half a character at the end", Buffer.from([0x61, 0xe2, 0x82])],
		["NUL in a line", Buffer.from("a.jpg\0b.jpg\0")],
		["a line without an end", Buffer.alloc(100_000, "a")],
	])("refuses %s", async (_, bytes) => {
		await expect(read(bytes, "\n")).rejects.toThrow(invalid);
	});
});
