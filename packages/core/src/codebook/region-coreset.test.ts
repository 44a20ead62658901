import { describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import { plantedPicture } from "../../../../fixtures/planted-pictures.ts";
import { DEFAULT_OPTIONS } from "../options/index.ts";
import { picturePoints } from "./picture-points.ts";
import { CORESET_POINTS, regionCoreset } from "./region-coreset.ts";

const { grid, picture, things } = plantedPicture(0);
const points = picturePoints(kernels, grid, DEFAULT_OPTIONS);
const total = (weights: Float64Array) => weights.reduce((sum, weight) => sum + weight, 0);

/** The largest of the first three elements: which of the three things a point is of. */
function thingOf(point: Float32Array): number {
	return point.indexOf(Math.max(...point.subarray(0, 3)));
}

/** The picture, each pixel `times` by `times`. */
function enlarged(times: number) {
	const [width, height] = [picture.width * times, picture.height * times];
	const data = new Uint8Array(width * height * 3);
	for (let pixel = 0; pixel < width * height; pixel++) {
		const from = Math.floor(Math.floor(pixel / width) / times) * picture.width + Math.floor((pixel % width) / times);
		data.set(picture.data.subarray(3 * from, 3 * from + 3), 3 * pixel);
	}
	return { data, width, height };
}

describe("regionCoreset", () => {
	it("has a point for each thing, that counts as much as it has patches", () => {
		const coreset = regionCoreset(kernels, points, grid, { picture, count: 3 });
		const weights = [0, 0, 0];
		for (const [row, weight] of coreset.weights.entries()) {
			weights[thingOf(coreset.points.data.subarray(row * 6, (row + 1) * 6))] += weight;
		}
		for (const [thing, weight] of weights.entries()) {
			expect(Math.abs(weight - things.filter((of) => of === thing).length)).toBeLessThan(3);
		}
	});

	it("has the mean of the points where there is one region, and at most as many as asked", () => {
		const one = regionCoreset(kernels, points, grid, { picture, count: 1 });
		expect([...one.weights]).toEqual([96]);
		for (let d = 0; d < 6; d++) {
			const column = points.data.filter((_, at) => at % 6 === d);
			expect(one.points.data[d]).toBeCloseTo(
				column.reduce((sum, value) => sum + value / 96, 0),
				2,
			);
		}
		const many = regionCoreset(kernels, points, grid, { picture });
		expect(many.points.rows).toBeLessThanOrEqual(CORESET_POINTS);
		expect(total(many.weights)).toBeCloseTo(96, 9);
	});

	it("hardly depends on the size of the picture", () => {
		const small = regionCoreset(kernels, points, grid, { picture, count: 3 });
		const large = regionCoreset(kernels, points, grid, { picture: enlarged(32), count: 3 });
		const things = ({ points: { data } }: typeof small) =>
			[0, 1, 2].map((row) => thingOf(data.subarray(6 * row, 6 * row + 6)));
		expect(things(large).sort()).toEqual([0, 1, 2]);
		expect(Math.abs(large.weights[0] - small.weights[0])).toBeLessThan(4);
	});

	it("counts what has data only, at any size", () => {
		for (const times of [1, 32]) {
			const image = enlarged(times);
			const pixels = image.width * image.height;
			// Data in the rows of the first thing only.
			const valid = new Uint8Array(pixels).fill(1, 0, pixels / 2);
			const coreset = regionCoreset(kernels, points, grid, { picture: image, valid, total: 48 });
			expect(total(coreset.weights)).toBeCloseTo(48, 9);
			const first = coreset.weights.filter(
				(_, row) => thingOf(coreset.points.data.subarray(row * 6, row * 6 + 6)) === 0,
			);
			expect(total(first)).toBeGreaterThan(46);
			expect(coreset.weights.every((weight) => weight > 0)).toBe(true);
		}
	});
});
