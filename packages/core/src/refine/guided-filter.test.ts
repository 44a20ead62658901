import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import type { RgbImage } from "../image/index.ts";
import type { LabelMap } from "../labels/index.ts";
import { guidedFilter, smoothLabels } from "./index.ts";

function picture(width: number, height: number, color: (x: number, y: number) => readonly number[]): RgbImage {
	const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
		const at = Math.floor(i / 3);
		return color(at % width, Math.floor(at / width))[i % 3];
	});
	return { data, width, height };
}

function map(width: number, height: number, count: number, label: (x: number, y: number) => number): LabelMap {
	const data = Uint8Array.from({ length: width * height }, (_, at) => label(at % width, Math.floor(at / width)));
	return { data, width, height, count };
}

const scene = fc.record({
	width: fc.integer({ min: 1, max: 40 }),
	height: fc.integer({ min: 1, max: 40 }),
	window: fc.integer({ min: 1, max: 30 }).map((half) => 2 * half + 1),
	seed: fc.nat(1000),
});

describe("guidedFilter", () => {
	it("moves a border to the edge of the picture beside it", () => {
		const dark = [40, 60, 50];
		const bright = [180, 150, 200];
		for (const count of [2, 5]) {
			const guide = picture(120, 80, (x) => (x < 64 ? dark : bright));
			const labels = map(120, 80, count, (x) => (x < 58 ? 0 : count - 1));
			const moved = guidedFilter(labels, guide, 41);
			expect(moved.data).toEqual(map(120, 80, count, (x) => (x < 64 ? 0 : count - 1)).data);
		}
	});

	it("follows a slanted edge in noise to within a pixel", () => {
		const isInside = (x: number, y: number) => 2 * x + y < 190;
		const noise = (x: number, y: number) => ((x * 7919 + y * 104729) % 31) - 15;
		const guide = picture(150, 100, (x, y) => [(isInside(x, y) ? 80 : 160) + noise(x, y), 100 + noise(y, x), 90]);
		// The border of coarse cells of 13 pixels.
		const labels = map(150, 100, 2, (x, y) => (isInside(13 * Math.round(x / 13), 13 * Math.round(y / 13)) ? 0 : 1));
		const moved = guidedFilter(labels, guide, 53);
		const wrongBefore = labels.data.filter((label, at) => label !== (isInside(at % 150, Math.floor(at / 150)) ? 0 : 1));
		const wrong = moved.data.filter((label, at) => label !== (isInside(at % 150, Math.floor(at / 150)) ? 0 : 1));
		expect(wrongBefore.length).toBeGreaterThan(300);
		expect(wrong.length).toBeLessThan(50);
	});

	it("leaves a map of one label as it is, and brings in no label that is not there", () => {
		fc.assert(
			fc.property(scene, ({ width, height, window, seed }) => {
				const guide = picture(width, height, (x, y) => [(x * seed) % 256, (y * 31) % 256, (x + y) % 256]);
				const one = map(width, height, 4, () => 2);
				expect(guidedFilter(one, guide, window).data).toEqual(one.data);
				const some = map(width, height, 7, (x, y) => 2 * ((x * 5 + y * 3 + seed) % 3));
				const present = new Set(some.data);
				expect([...new Set(guidedFilter(some, guide, window).data)].every((label) => present.has(label))).toBe(true);
			}),
		);
	});

	it("treats all directions alike: a mirrored picture has the mirrored result", () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 4 }), fc.nat(1000), (cells, seed) => {
				// Sizes of whole cells, so that the cells are mirrored too.
				const side = 16 * cells;
				const color = (x: number, y: number) => [(x * 13 + seed) % 256, (y * 7 + x) % 256, (x * y) % 256];
				const label = (x: number, y: number) => (x * x + seed * y > 16 * side ? 1 : 0);
				const there = guidedFilter(map(side, side, 2, label), picture(side, side, color), 33);
				const mirrored = guidedFilter(
					map(side, side, 2, (x, y) => label(side - 1 - x, y)),
					picture(side, side, (x, y) => color(side - 1 - x, y)),
					33,
				);
				const differing = there.data.filter((value, at) => {
					const x = at % side;
					return value !== mirrored.data[at - x + side - 1 - x];
				});
				// Sums in the other order can round a tie to the other side.
				expect(differing.length).toBeLessThanOrEqual(side / 16);
			}),
			{ numRuns: 20 },
		);
	});

	it("gives a tie to the lowest id, whichever of the labels is where", () => {
		// Stripes of one pixel: in each cell of two pixels both labels have the same share, under one colour.
		const guide = picture(24, 16, () => [90, 120, 30]);
		for (const first of [0, 1]) {
			const labels = map(24, 16, 4, (x) => ((x + first) % 2) + 1);
			expect(guidedFilter(labels, guide, 17).data).toEqual(map(24, 16, 4, () => 1).data);
		}
	});

	it("keeps many labels apart in bounded memory", () => {
		const labels = map(300, 200, 200, (x, y) => (Math.floor(x / 15) + 20 * Math.floor(y / 20)) % 200);
		const guide = picture(300, 200, (x, y) => [
			(Math.floor(x / 15) * 37) % 256,
			(Math.floor(y / 20) * 59) % 256,
			(Math.floor(x / 15) * Math.floor(y / 20) * 11) % 256,
		]);
		const { data, count } = guidedFilter(labels, guide, 9);
		const same = data.filter((value, at) => value === labels.data[at]);
		expect(count).toBe(200);
		expect(same.length).toBeGreaterThan(0.95 * data.length);
	});

	it("is what smoothLabels does for guided, which needs the picture", () => {
		const guide = picture(50, 40, (x) => (x < 24 ? [0, 0, 0] : [255, 255, 255]));
		const labels = map(50, 40, 2, (x) => (x < 20 ? 0 : 1));
		const options = { method: "guided", window: 21 } as const;
		expect(smoothLabels(kernels, labels, { ...options, picture: guide })).toEqual(guidedFilter(labels, guide, 21));
		expect(() => smoothLabels(kernels, labels, options)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
		const small = { ...guide, data: guide.data.subarray(3) };
		expect(() => guidedFilter(labels, small, 21)).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
	});
});
