import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LabelMap } from "./label-map.ts";
import { numberByArea, numberMap } from "./numbering.ts";

const map = (count: number, ...ids: number[]): LabelMap => ({
	data: Uint8Array.from(ids),
	width: ids.length,
	height: 1,
	count,
});

describe("numberByArea", () => {
	it("ranks by falling count, ties first in raster order, empty ones last", () => {
		expect([...numberByArea(Uint16Array.of(4, 2, 2, 0, 0, 3), 6)]).toEqual([1, 4, 0, 3, 2, 5]);
	});

	it("gives a permutation with falling areas", () => {
		fc.assert(
			fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 }), (labels) => {
				const ranks = numberByArea(Uint16Array.from(labels), 10);
				expect([...ranks].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
				const areas = new Array<number>(10).fill(0);
				for (const label of labels) {
					areas[ranks[label]]++;
				}
				expect(areas).toEqual([...areas].sort((a, b) => b - a));
			}),
		);
	});

	it("rejects a label that is no cluster", () => {
		expect(() => numberByArea(Uint16Array.of(0, 3), 3)).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
		expect(() => numberByArea(Uint16Array.of(), 0)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
	});
});

describe("numberMap", () => {
	it("numbers by falling area, ties by the first pixel, and drops ids that do not occur", () => {
		const { labels, order } = numberMap(map(6, 2, 2, 2, 1, 1, 5));
		expect(labels).toEqual(map(3, 0, 0, 0, 1, 1, 2));
		expect([...order]).toEqual([2, 1, 5]);
		expect(numberMap(map(3, 2, 0, 0, 2, 1, 1)).labels.data).toEqual(Uint8Array.of(0, 1, 1, 0, 2, 2));
	});

	it("is undone by its order, counts what occurs, and is idempotent", () => {
		fc.assert(
			fc.property(fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1 }), (ids) => {
				const before = map(8, ...ids);
				const { labels, order } = numberMap(before);
				expect(labels.data.map((id) => order[id])).toEqual(before.data);
				expect(labels.count).toBe(new Set(ids).size);
				expect(numberMap(labels)).toEqual({ labels, order: Uint16Array.from(order.keys()) });
			}),
		);
	});

	it("narrows to 8 bits where the ids fit", () => {
		const wide: LabelMap = { data: Uint16Array.of(700, 3, 700), width: 3, height: 1, count: 1000 };
		expect(numberMap(wide).labels).toEqual(map(2, 0, 1, 0));
	});

	it("gives the same in the memory of the map, where it fits", () => {
		fc.assert(
			fc.property(fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1 }), fc.boolean(), (ids, isWide) => {
				const narrow = map(8, ...ids);
				const before = isWide ? { ...narrow, data: Uint16Array.from(ids), count: 1000 } : narrow;
				const expected = numberMap(before);
				expect(expected.labels.data).not.toBe(before.data);
				const overwritten = numberMap(before, { overwrite: true });
				expect(overwritten).toEqual(expected);
				expect(overwritten.labels.data === before.data).toBe(!isWide);
			}),
		);
	});

	it("rejects a map of another size than it says", () => {
		expect(() => numberMap({ ...map(1, 0, 0), width: 3 })).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
	});
});
