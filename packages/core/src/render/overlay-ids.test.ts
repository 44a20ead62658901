import { describe, expect, it } from "vitest";
import { expectCancellable } from "../../../../fixtures/cancellable.ts";
import { kernels } from "../../../../fixtures/kernels.ts";
import { forEachSeed } from "../../../../fixtures/seeds.ts";
import { cancellableKernels } from "../abort.ts";
import type { LabelMap } from "../labels/label-map.ts";
import { segmentColor } from "../labels/palette.ts";
import { createRandom } from "../rng.ts";
import { interiorPoints } from "./interior-points.ts";
import { drawSegmentIds } from "./overlay-ids.ts";

/** Overlapping discs on ground of another id. */
function discs(seed: number, width: number, height: number): LabelMap {
	const random = createRandom(seed);
	const data = new Uint8Array(width * height);
	for (let id = 1; id <= 6; id++) {
		const [centreX, centreY] = [random.next() * width, random.next() * height];
		const radius = (0.05 + 0.2 * random.next()) * Math.min(width, height);
		for (let pixel = 0; pixel < data.length; pixel++) {
			const [x, y] = [(pixel % width) - centreX, Math.floor(pixel / width) - centreY];
			data[pixel] = x * x + y * y < radius * radius ? id : data[pixel];
		}
	}
	return { data, width, height, count: 7 };
}

const flat = ({ width, height }: LabelMap) => ({ data: new Uint8Array(width * height * 3).fill(90), width, height });

/** The smallest distance from a point to the middle of a pixel of another id, or to outside of the picture. */
function clearance({ data, width, height }: LabelMap, px: number, py: number, id: number): number {
	let least = Math.min(px, py, width - px, height - py);
	for (let pixel = 0; pixel < data.length; pixel++) {
		if (data[pixel] !== id) {
			least = Math.min(least, Math.hypot((pixel % width) + 0.5 - px, Math.floor(pixel / width) + 0.5 - py));
		}
	}
	return least;
}

describe("interiorPoints", () => {
	it.each([
		[120, 90, 1.5],
		[1400, 300, 4],
	])("lie as far inside their segments as they say, in %i x %i", (width, height, tolerance) => {
		forEachSeed(3, (seed) => {
			const labels = discs(seed, width, height);
			const points = interiorPoints(kernels, labels, 4);
			expect(points.length).toBeGreaterThan(1);
			for (const { id, x, y, radius } of points) {
				expect(labels.data[Math.floor(y) * width + Math.floor(x)]).toBe(id);
				expect(radius).toBeGreaterThanOrEqual(4);
				// The chamfer distance is up to 8 % off.
				expect(Math.abs(radius - clearance(labels, x, y, id))).toBeLessThan(0.08 * radius + tolerance);
			}
		});
	});

	it("are one for each connected part that is wide enough", () => {
		const data = Uint8Array.from({ length: 60 * 20 }, (_, pixel) => (pixel % 60 < 25 || pixel % 60 >= 35 ? 0 : 1));
		const labels = { data, width: 60, height: 20, count: 2 };
		expect(interiorPoints(kernels, labels, 8).map(({ id }) => id)).toEqual([0, 0]);
		expect(interiorPoints(kernels, labels, 5).map(({ id }) => id)).toEqual([0, 1, 0]);
		expect(interiorPoints(kernels, labels, 11)).toEqual([]);
	});

	it.each([
		[1, 1],
		[2000, 1],
		[1, 2000],
		[9000, 5],
	])("are found in %i x %i", (width, height) => {
		const labels = { data: new Uint8Array(width * height).fill(3), width, height, count: 4 };
		expect(interiorPoints(kernels, labels, 0)).toMatchObject([{ id: 3 }]);
		expect(interiorPoints(kernels, labels, 11)).toEqual([]);
	});
});

describe("drawSegmentIds", () => {
	it("writes none on what belongs to no segment", () => {
		const labels = { data: new Uint8Array(80 * 60), width: 80, height: 60, count: 1 };
		const untouched = flat(labels).data;
		expect(drawSegmentIds(kernels, flat(labels), labels).data).not.toEqual(untouched);
		expect(drawSegmentIds(kernels, flat(labels), { ...labels, background: 0 }).data).toEqual(untouched);
	});

	it("draws in the colour of each segment, and inside of it only", () => {
		forEachSeed(4, (seed) => {
			const labels = discs(seed, 300, 240);
			const { data } = drawSegmentIds(kernels, flat(labels), labels);
			let drawn = 0;
			const colors = new Map(Array.from({ length: 7 }, (_, id) => [segmentColor(id).join(), id]));
			for (let pixel = 0; pixel < labels.data.length; pixel++) {
				const id = colors.get(data.subarray(3 * pixel, 3 * pixel + 3).join());
				if (id !== undefined) {
					expect(labels.data[pixel]).toBe(id);
					drawn++;
				}
			}
			expect(drawn).toBeGreaterThan(200);
		});
	});

	it("leaves alone what is too small for a number", () => {
		const labels = discs(1, 15, 12);
		expect(drawSegmentIds(kernels, flat(labels), labels).data).toEqual(flat(labels).data);
	});

	it("notices a cancel", async () => {
		const labels = discs(1, 120, 90);
		const looks = await expectCancellable(
			(signal) => drawSegmentIds(cancellableKernels(kernels, signal), flat(labels), labels).data,
		);
		expect(looks).toBeGreaterThanOrEqual(180);
	});
});
