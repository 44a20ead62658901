import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LabelMap } from "./label-map.ts";
import { segmentStatistics } from "./statistics.ts";

function scene(rows: readonly string[], count: number): { labels: LabelMap; data: Uint8Array } {
	const width = rows[0].length;
	const labels = { data: Uint8Array.from(rows.join(""), Number), width, height: rows.length, count };
	return { labels, data: new Uint8Array(labels.data.length * 3) };
}

describe("segmentStatistics", () => {
	it("measures size, share, box and mean colour", () => {
		const { labels, data } = scene(["0010", "0112", "0000"], 4);
		data.set([10, 20, 30], 2 * 3);
		data.set([20, 20, 31], 5 * 3);
		data.set([31, 20, 31], 6 * 3);
		const image = { data, width: 4, height: 3 };
		expect(segmentStatistics(labels, image)).toEqual([
			{ id: 0, pixels: 8, share: 8 / 12, bbox: [0, 0, 4, 3], meanColor: "#000000" },
			{ id: 1, pixels: 3, share: 3 / 12, bbox: [1, 0, 2, 2], meanColor: "#14141f" },
			{ id: 2, pixels: 1, share: 1 / 12, bbox: [3, 1, 1, 1], meanColor: "#000000" },
		]);
	});

	it("counts every pixel once, within its box", () => {
		const sides = fc.record({ width: fc.integer({ min: 1, max: 12 }), height: fc.integer({ min: 1, max: 12 }) });
		const scenes = sides.chain(({ width, height }) => {
			const length = width * height;
			return fc.record({
				width: fc.constant(width),
				height: fc.constant(height),
				ids: fc.uint8Array({ minLength: length, maxLength: length, max: 5 }),
				data: fc.uint8Array({ minLength: length * 3, maxLength: length * 3 }),
			});
		});
		fc.assert(
			fc.property(scenes, ({ width, height, ids, data }) => {
				const segments = segmentStatistics({ data: ids, width, height, count: 6 }, { data, width, height });
				expect(segments.reduce((sum, { pixels }) => sum + pixels, 0)).toBe(ids.length);
				expect(segments.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
				for (const { id, bbox } of segments) {
					const columns = [...ids.keys()].filter((index) => ids[index] === id).map((index) => index % width);
					const rows = [...ids.keys()].filter((index) => ids[index] === id).map((index) => Math.floor(index / width));
					const [left, top] = [Math.min(...columns), Math.min(...rows)];
					expect(bbox).toEqual([left, top, Math.max(...columns) - left + 1, Math.max(...rows) - top + 1]);
				}
			}),
		);
	});

	it("refuses a picture of another size", () => {
		const { labels } = scene(["00"], 1);
		expect(() => segmentStatistics(labels, { data: new Uint8Array(6), width: 1, height: 2 })).toThrowError(
			expect.objectContaining({ code: "SHAPE_MISMATCH", message: expect.stringContaining("(2, 1)") }),
		);
	});

	it("refuses an id that is not below count", () => {
		const { labels, data } = scene(["05"], 2);
		expect(() => segmentStatistics(labels, { data, width: 2, height: 1 })).toThrowError(
			expect.objectContaining({ code: "OPTION_INVALID", message: expect.stringContaining("got 5") }),
		);
	});
});
