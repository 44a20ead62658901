import { describe, expect, it } from "vitest";
import { firstDifference } from "../../../../../fixtures/first-difference.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { makeLabelMap, PROVED_MAP_COUNT } from "../../../../../fixtures/label-maps.ts";
import { forEachSeed } from "../../../../../fixtures/seeds.ts";
import type { LabelMap } from "../label-map.ts";
import { labelRegions } from "../label-regions.ts";
import { maskRuns } from "./mask-runs.ts";

/** The bounding boxes of all parts, pixel by pixel. */
function boxesOf(parts: ArrayLike<number>, width: number): Map<number, number[]> {
	const corners = new Map<number, number[]>();
	for (let index = 0; index < parts.length; index++) {
		const [x, y] = [index % width, Math.floor(index / width)];
		const [left, top, right, bottom] = corners.get(parts[index]) ?? [x, y, x, y];
		corners.set(parts[index], [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)]);
	}
	return new Map(
		[...corners].map(([part, [left, top, right, bottom]]) => [part, [left, top, right - left + 1, bottom - top + 1]]),
	);
}

describe("maskRuns", () => {
	it.each([false, true])(
		"gives every pixel to one mask, which fits its box (regions: %s)",
		{ timeout: 60_000 },
		(split) => {
			forEachSeed(PROVED_MAP_COUNT, (index) => {
				const labels = makeLabelMap(index);
				const regions = split ? labelRegions(kernels, labels) : undefined;
				const parts = regions?.data ?? labels.data;
				const masks = maskRuns(labels, regions);
				const boxes = boxesOf(parts, labels.width);
				const seen = new Int32Array(parts.length).fill(-1);
				let isRising = true;
				for (const { segment, bbox, runs } of masks) {
					const part = parts[runs[0]];
					isRising &&= segment === labels.data[runs[0]];
					const box = boxes.get(part) ?? [];
					expect(firstDifference(bbox, box), `map ${index}, part ${part}: ${bbox} and ${box}`).toBe(-1);
					for (let at = 0; at < runs.length; at += 2) {
						isRising &&= (at === 0 || runs[at] > runs[at - 1]) && runs[at + 1] > runs[at];
						seen.fill(part, runs[at], runs[at + 1]);
					}
				}
				expect(isRising, `map ${index}`).toBe(true);
				expect(firstDifference(seen, parts), `map ${index}`).toBe(-1);
				expect(masks.length).toBe(boxes.size);
			});
		},
	);

	it("goes on over the end of a row, and over the whole box then", () => {
		const labels: LabelMap = { data: Uint8Array.of(0, 0, 1, 1, 1, 0), width: 3, height: 2, count: 2 };
		expect(maskRuns(labels)).toEqual([
			{ segment: 0, bbox: [0, 0, 3, 2], runs: Uint32Array.of(0, 2, 5, 6) },
			{ segment: 1, bbox: [0, 0, 3, 2], runs: Uint32Array.of(2, 5) },
		]);
	});

	it("takes the highest id", () => {
		const labels: LabelMap = { data: Uint16Array.of(65535), width: 1, height: 1, count: 65536 };
		expect(maskRuns(labels)).toEqual([{ segment: 65535, bbox: [0, 0, 1, 1], runs: Uint32Array.of(0, 1) }]);
	});

	it("refuses a wrong length", () => {
		expect(() => maskRuns({ data: new Uint8Array(3), width: 2, height: 2, count: 1 })).toThrowError(
			expect.objectContaining({ code: "SHAPE_MISMATCH" }),
		);
	});
});
