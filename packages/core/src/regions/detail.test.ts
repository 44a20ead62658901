import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../fixtures/errors.ts";
import { randomTree } from "../../../../fixtures/region-trees.ts";
import { forEachSeed } from "../../../../fixtures/seeds.ts";
import { countAtHeight } from "./cut-tree.ts";
import { detailOfCount, detailOfHeight, heightOfDetail, strengthOfHeight } from "./detail.ts";

/** Up to 100 by steps that are whole, and others. */
const DETAILS = Array.from({ length: 401 }, (_, i) => i / 4);

describe("detail", () => {
	it("falls by a factor of ten with 25 steps, and is 50 at the measured height", () => {
		expect(heightOfDetail(50)).toBe(0.35);
		for (let detail = 0; detail <= 75; detail++) {
			expect(heightOfDetail(detail) / heightOfDetail(detail + 25)).toBeCloseTo(10, 10);
		}
		const heights = DETAILS.map(heightOfDetail);
		expect(heights).toEqual([...heights].sort((a, b) => b - a));
		expect(new Set(heights).size).toBe(heights.length);
	});

	it("is undone, and bounded for heights beyond", () => {
		for (const detail of DETAILS) {
			expect(detailOfHeight(heightOfDetail(detail))).toBeCloseTo(detail, 9);
		}
		for (const [height, detail] of [
			[Number.POSITIVE_INFINITY, 0],
			[36, 0],
			[0.0034, 100],
			[0, 100],
		]) {
			expect(detailOfHeight(height)).toBe(detail);
		}
		expect([strengthOfHeight(0), strengthOfHeight(0.35), strengthOfHeight(1000)]).toEqual([0, 128, 255]);
	});

	it("of a number of regions is that above which there are so many", () => {
		forEachSeed(50, (seed) => {
			const tree = randomTree(seed);
			for (let count = 1; count <= tree.leaves; count++) {
				const detail = detailOfCount(tree, count);
				if (detail < 100) {
					expect(countAtHeight(tree, heightOfDetail(detail + 1e-6))).toBeGreaterThanOrEqual(count);
				}
				if (detail > 0) {
					expect(countAtHeight(tree, heightOfDetail(detail - 1e-6))).toBeLessThan(count);
				}
			}
		});
	});

	it.each([-1, 100.5, Number.NaN])("refuses %d", (detail) => {
		const error = errorOf(() => heightOfDetail(detail));
		expect(error).toMatchObject({ code: "OPTION_INVALID", details: { option: "detail", value: detail } });
	});
});
