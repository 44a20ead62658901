import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadJson } from "../../../../fixtures/load.ts";
import type { LabelMap } from "./label-map.ts";
import { decodeRle, encodeAllRles, encodeRle, paintRle } from "./rle.ts";

interface Vector {
	readonly name: string;
	readonly rows: readonly string[];
	readonly size: readonly [number, number];
	readonly counts: string;
}

const vectors = loadJson<Vector[]>("rle/vectors.json");

function labelMap(rows: readonly string[], count: number): LabelMap {
	const data = Uint8Array.from(rows.join(""), Number);
	return { data, width: rows[0].length, height: rows.length, count };
}

const labelMaps = fc
	.record({
		width: fc.integer({ min: 1, max: 30 }),
		height: fc.integer({ min: 1, max: 30 }),
		count: fc.integer({ min: 1, max: 5 }),
	})
	.chain(({ width, height, count }) =>
		fc
			.uint8Array({ minLength: width * height, maxLength: width * height, max: count - 1 })
			.map((data): LabelMap => ({ data, width, height, count })),
	);

/** Lengths of the runs down the columns, zeros first. */
function columnCounts(mask: Uint8Array, [height, width]: readonly [number, number]): number[] {
	const counts = [0];
	for (let at = 0; at < mask.length; at++) {
		const value = mask[(at % height) * width + Math.floor(at / height)];
		if (value !== (counts.length + 1) % 2) {
			counts.push(0);
		}
		counts[counts.length - 1]++;
	}
	return counts;
}

describe("encodeAllRles", () => {
	it("gives masks that part the picture", () => {
		fc.assert(
			fc.property(labelMaps, (labels) => {
				const masks = encodeAllRles(labels).map(decodeRle);
				for (const [pixel, id] of labels.data.entries()) {
					expect(masks.map((mask) => mask[pixel])).toEqual(masks.map((_, other) => (other === id ? 1 : 0)));
				}
			}),
		);
	});

	it("equals encodeRle for every id", () => {
		fc.assert(
			fc.property(labelMaps, (labels) => {
				const all = encodeAllRles(labels);
				expect(all).toEqual(all.map((_, id) => encodeRle(labels, id)));
			}),
		);
	});

	it("gives an empty mask to an id without pixels", () => {
		const [, absent] = encodeAllRles(labelMap(["00", "22"], 3));
		expect([...decodeRle(absent)]).toEqual([0, 0, 0, 0]);
	});

	it("gives masks that paint the map again, their run lengths packed or not", () => {
		fc.assert(
			fc.property(labelMaps, (labels) => {
				const [packed, plain] = [new Uint16Array(labels.data.length), new Uint8Array(labels.data.length)];
				for (const [id, rle] of encodeAllRles(labels).entries()) {
					paintRle(rle, packed, id);
					paintRle({ size: rle.size, counts: columnCounts(decodeRle(rle), rle.size) }, plain, id);
				}
				expect([...packed]).toEqual([...labels.data]);
				expect([...plain]).toEqual([...labels.data]);
			}),
		);
	});

	it("survives runs that need many characters", () => {
		const data = new Uint8Array(3000 * 1000);
		data[1_500_000] = 1;
		const rle = encodeAllRles({ data, width: 1000, height: 3000, count: 2 });
		const mask = decodeRle(rle[1]);
		expect([mask.length, mask.indexOf(1), mask.lastIndexOf(1)]).toEqual([data.length, 1_500_000, 1_500_000]);
	});

	it("refuses an id that is not below count", () => {
		expect(() => encodeAllRles(labelMap(["07"], 2))).toThrowError(
			expect.objectContaining({ code: "OPTION_INVALID", message: expect.stringContaining("got 7") }),
		);
	});

	it("refuses a wrong length", () => {
		expect(() => encodeAllRles({ data: new Uint8Array(3), width: 2, height: 2, count: 1 })).toThrowError(
			expect.objectContaining({ code: "SHAPE_MISMATCH" }),
		);
	});
});

describe.each(vectors)("pycocotools vector: $name", ({ rows, size, counts }) => {
	it("is encoded to the same text", () => {
		expect(encodeRle(labelMap(rows, 2), 1)).toEqual({ size, counts });
	});

	it("is decoded to the same mask", () => {
		expect(decodeRle({ size, counts })).toEqual(labelMap(rows, 2).data);
	});
});

describe("encodeRle", () => {
	it("refuses an id outside the map", () => {
		expect(() => encodeRle(labelMap(["01"], 2), 2)).toThrowError(expect.objectContaining({ code: "OPTION_INVALID" }));
	});
});

describe("decodeRle", () => {
	it.each([
		["runs that are too short", "3"],
		["runs that are too long", "1000"],
		["a character outside the alphabet", "é"],
		["an unfinished run", "P"],
		["a negative run", "O"],
		["an endless run", "ooooooooooo"],
	])("refuses %s", (_, counts) => {
		expect(() => decodeRle({ size: [2, 2], counts })).toThrowError(expect.objectContaining({ code: "OPTION_INVALID" }));
	});
});

describe("paintRle", () => {
	it.each([
		[[3, 2], 6],
		[[7], 7],
		[[-1, 7], 6],
		[[2.5, 3.5], 6],
		[[Number.NaN], 6],
	])("refuses run lengths that do not cover the picture: %j", (counts, pixels) => {
		const target = new Uint8Array(pixels);
		expect(() => paintRle({ size: [2, 3], counts }, target, 1)).toThrowError(
			expect.objectContaining({ code: "OPTION_INVALID" }),
		);
		expect([...target].every((value) => value === 0)).toBe(true);
	});

	it("refuses a target of another size", () => {
		expect(() => paintRle({ size: [2, 3], counts: [6] }, new Uint8Array(5), 1)).toThrowError(
			expect.objectContaining({ code: "SHAPE_MISMATCH" }),
		);
	});
});
