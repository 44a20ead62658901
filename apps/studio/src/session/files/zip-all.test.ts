import { unzipSync } from "fflate";
import { expect, it } from "vitest";
import { zipAll } from "./zip-all.ts";

it("zipAll gives all files back, those of one name under names of their own", async () => {
	const names = ["a/cat.png", "cat.png", "Cat.png", "cat.png", "cat", "cat", ".hidden", ".hidden", "cat-2.png"];
	const zip = await zipAll(names.map((name, at) => ({ name, bytes: Uint8Array.of(at) })));
	const files = Object.entries(unzipSync(zip)).map(([name, [byte]]) => [byte, name] as const);
	expect(files.sort(([a], [b]) => a - b).map(([, name]) => name)).toEqual([
		"a/cat.png",
		"cat.png",
		"Cat-2.png",
		"cat-3.png",
		"cat",
		"cat-2",
		".hidden",
		".hidden-2",
		"cat-2-2.png",
	]);
});
