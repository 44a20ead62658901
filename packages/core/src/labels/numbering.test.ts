import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LabelMap } from "./label-map.ts";
import { numberByArea, numberFinal } from "./numbering.ts";

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

describe("numberFinal", () => {
	it("numbers both maps by the final areas; vanished ids follow in the raw map only", () => {
		const { final, raw, order } = numberFinal(map(6, 2, 2, 2, 1, 1, 5), map(6, 2, 2, 3, 3, 0, 5));
		expect(final).toEqual(map(3, 0, 0, 0, 1, 1, 2));
		expect(raw).toEqual(map(5, 0, 0, 3, 3, 4, 2));
		expect([...order]).toEqual([2, 1, 5, 3, 0]);
	});

	it("breaks ties by the first pixel of the final map", () => {
		expect(numberFinal(map(3, 2, 0, 0, 2, 1, 1), map(3, 0, 0, 1, 1, 2, 2)).final.data).toEqual(
			Uint8Array.of(0, 1, 1, 0, 2, 2),
		);
	});

	it("is undone by its order, counts what occurs, and is idempotent", () => {
		const ids = fc.array(fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 })), { minLength: 1 });
		fc.assert(
			fc.property(ids, (pairs) => {
				const before = map(8, ...pairs.map(([id]) => id));
				const after = map(8, ...pairs.map(([, id]) => id));
				const { final, raw, order } = numberFinal(after, before);
				expect(final.data.map((id) => order[id])).toEqual(after.data);
				expect(raw.data.map((id) => order[id])).toEqual(before.data);
				expect(final.count).toBe(new Set(after.data).size);
				expect(raw.count).toBe(new Set([...before.data, ...after.data]).size);
				expect(numberFinal(final, raw)).toEqual({ final, raw, order: Uint16Array.from(order.keys()) });
			}),
		);
	});

	it("narrows to 8 bits where the ids fit", () => {
		const wide: LabelMap = { data: Uint16Array.of(700, 3, 700), width: 3, height: 1, count: 1000 };
		const { final, raw } = numberFinal(wide, wide);
		expect(final).toEqual(map(2, 0, 1, 0));
		expect(raw).toEqual(final);
	});

	it("gives the same in the memory of the maps, which stay apart", () => {
		const ids = fc.array(fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 })), { minLength: 1 });
		fc.assert(
			fc.property(ids, fc.boolean(), fc.boolean(), (pairs, isOne, isWide) => {
				const mapOf = (labels: number[]): LabelMap => {
					const narrow = map(8, ...labels);
					return isWide ? { ...narrow, data: Uint16Array.from(narrow.data), count: 1000 } : narrow;
				};
				const before = mapOf(pairs.map(([id]) => id));
				const after = isOne ? before : mapOf(pairs.map(([, id]) => id));
				const expected = numberFinal(after, before);
				const { final, raw, order } = numberFinal(after, before, { overwrite: true });
				expect({ final, raw, order }).toEqual(expected);
				expect(raw.data === before.data).toBe(!isWide);
				expect(final.data === after.data).toBe(!isWide && !isOne);
				expect(final.data.buffer).not.toBe(raw.data.buffer);
			}),
		);
	});

	it("rejects maps of different sizes", () => {
		expect(() => numberFinal(map(1, 0, 0), map(1, 0))).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
	});
});
