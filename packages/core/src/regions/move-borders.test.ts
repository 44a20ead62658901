import { describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import { makeLabelMap } from "../../../../fixtures/label-maps.ts";
import { forEachSeed } from "../../../../fixtures/seeds.ts";
import { noCheck } from "../abort.ts";
import { createRandom } from "../rng.ts";
import { moveBorders } from "./move-borders.ts";
import type { Superpixels } from "./superpixels.ts";

/** The connected regions of an awkward label map, under a picture of noise. */
function randomBorders(seed: number) {
	const labels = makeLabelMap(seed);
	const { width, height } = labels;
	const { data, count } = kernels.connectedRegions(labels.data, width, height);
	const random = createRandom(seed);
	return {
		superpixels: { data: Uint16Array.from(data), width, height, count } satisfies Superpixels,
		image: { data: Uint8Array.from({ length: width * height * 3 }, () => random.next() * 256), width, height },
		means: Float64Array.from({ length: 3 * count }, () => random.next() * 255),
	};
}

describe("moveBorders", () => {
	it("keeps every superpixel, and in one piece", () => {
		let moved = 0;
		forEachSeed(500, (seed) => {
			const { superpixels, image, means } = randomBorders(seed);
			const before = superpixels.data.slice();
			for (let round = 0; round < 3; round++) {
				moveBorders(superpixels, image, means, noCheck);
				expect(new Set(superpixels.data).size).toBe(superpixels.count);
				expect(kernels.connectedRegions(superpixels.data, image.width, image.height).count).toBe(superpixels.count);
			}
			moved += superpixels.data.filter((superpixel, pixel) => superpixel !== before[pixel]).length;
		});
		expect(moved).toBeGreaterThan(1000);
	});

	it("moves pixels at a border only, to a superpixel that was next to it", () => {
		forEachSeed(200, (seed) => {
			const { superpixels, image, means } = randomBorders(seed);
			const { width, height } = image;
			const before = superpixels.data.slice();
			moveBorders(superpixels, image, means, noCheck);
			for (const [pixel, superpixel] of superpixels.data.entries()) {
				if (superpixel !== before[pixel]) {
					const x = pixel % width;
					const around = [
						...(x > 0 ? [pixel - 1] : []),
						...(x < width - 1 ? [pixel + 1] : []),
						...(pixel >= width ? [pixel - width] : []),
						...(pixel < width * (height - 1) ? [pixel + width] : []),
					];
					expect(around.some((next) => before[next] !== before[pixel])).toBe(true);
					expect(around.some((next) => before[next] === superpixel)).toBe(true);
				}
			}
		});
	});

	it("straightens a ragged border where colours do not differ", () => {
		forEachSeed(20, (seed) => {
			const random = createRandom(seed);
			const [width, height] = [24, 16];
			const ends = Array.from({ length: height }, () => 8 + Math.floor(random.next() * 8));
			const data = Uint16Array.from({ length: width * height }, (_, pixel) =>
				pixel % width < ends[Math.floor(pixel / width)] ? 0 : 1,
			);
			const unlikePairs = () => {
				let unlike = 0;
				for (let pixel = 0; pixel < data.length - width; pixel++) {
					const x = pixel % width;
					const next = [
						x < width - 1 && pixel + 1,
						pixel + width,
						x < width - 1 && pixel + width + 1,
						x > 0 && pixel + width - 1,
					];
					unlike += next.filter((other) => other !== false && data[other] !== data[pixel]).length;
				}
				return unlike;
			};
			const before = unlikePairs();
			const image = { data: new Uint8Array(data.length * 3).fill(90), width, height };
			moveBorders({ data, width, height, count: 2 }, image, new Float64Array(6).fill(90), noCheck);
			expect(unlikePairs()).toBeLessThan(0.8 * before);
		});
	});

	it("changes nothing of a straight border where colours do not differ", () => {
		const data = Uint16Array.from({ length: 80 }, (_, pixel) => (pixel % 10 < 5 ? 0 : 1));
		const before = data.slice();
		const image = { data: new Uint8Array(240).fill(90), width: 10, height: 8 };
		moveBorders({ data, width: 10, height: 8, count: 2 }, image, new Float64Array(6).fill(90), noCheck);
		expect(data).toEqual(before);
	});

	it.each([
		["right", 1, 1],
		["left", 1, -1],
		["down", 20, 1],
		["up", 20, -1],
	])("brings a border to an edge, a pixel a round: to the %s", (_name, step, direction) => {
		// 20 pixels across the border, 20 along it. Raster order must not carry it further in one direction than in another.
		const side = 20;
		const across = (pixel: number) => {
			const place = Math.floor(pixel / step) % side;
			return direction > 0 ? place : side - 1 - place;
		};
		const data = Uint16Array.from({ length: side * side }, (_, pixel) => (across(pixel) < 10 ? 0 : 1));
		const image = {
			data: Uint8Array.from({ length: side * side * 3 }, (_, at) => (across(Math.floor(at / 3)) < 13 ? 20 : 90)),
			width: side,
			height: side,
		};
		const means = Float64Array.of(20, 20, 20, 90, 90, 90);
		for (const border of [11, 12, 13, 13]) {
			moveBorders({ data, width: side, height: side, count: 2 }, image, means, noCheck);
			expect(data).toEqual(data.map((_, pixel) => (across(pixel) < border ? 0 : 1)));
		}
	});
});
