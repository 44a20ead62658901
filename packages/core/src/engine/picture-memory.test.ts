import { describe, expect, it } from "vitest";
import type { RgbImage } from "../image/index.ts";
import { createPictureMemory } from "./picture-memory.ts";

const pictureOf = (pixels: number, value = 7) => ({
	image: { data: new Uint8Array(3 * pixels).fill(value), width: pixels, height: 1 },
	valid: new Uint8Array(pixels).fill(1),
	page: 2,
});

describe("createPictureMemory", () => {
	it("gives what was kept, whatever became of the arrays outside", () => {
		const memory = createPictureMemory<ReturnType<typeof pictureOf>>(100);
		const given = pictureOf(10);
		memory.set("a", given);
		given.image.data.fill(0);
		structuredClone(given.valid, { transfer: [given.valid.buffer] });
		const first = memory.get("a");
		expect(first).toEqual(pictureOf(10));
		first?.image.data.fill(1);
		first?.valid.fill(0);
		expect(memory.get("a")).toEqual(pictureOf(10));
		expect(memory.get("b")).toBeUndefined();
	});

	it("copies a Buffer too, whose slices share its memory", () => {
		const memory = createPictureMemory<{ readonly image: RgbImage }>(100);
		const data = Buffer.of(1, 2, 3);
		memory.set("a", { image: { data, width: 1, height: 1 } });
		data.fill(9);
		expect(memory.get("a")?.image.data).toEqual(Uint8Array.of(1, 2, 3));
	});

	it("keeps no more than its bytes, and drops nothing for a picture that is larger", () => {
		const memory = createPictureMemory<ReturnType<typeof pictureOf>>(80);
		memory.set("a", pictureOf(10));
		memory.set("b", pictureOf(10));
		memory.set("large", pictureOf(21));
		expect(memory.get("large")).toBeUndefined();
		expect(memory.get("a")).toBeDefined();
		memory.set("c", pictureOf(10));
		expect(["a", "b", "c"].filter((key) => memory.get(key))).toEqual(["a", "c"]);
	});
});
