import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import { makeLabelMap, PROVED_MAP_COUNT } from "../../../../fixtures/label-maps.ts";
import { forEachSeed } from "../../../../fixtures/seeds.ts";
import { createRandom } from "../rng.ts";
import type { IdMap } from "./column-runs.ts";
import type { LabelMap } from "./label-map.ts";
import { labelRegions } from "./label-regions.ts";
import { countRegions, regionStatistics, segmentStatistics } from "./statistics.ts";

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
			{ id: 0, pixels: 8, share: 8 / 12, bbox: [0, 0, 4, 3], centroid: [14 / 8, 13 / 8], meanColor: "#000000" },
			{ id: 1, pixels: 3, share: 3 / 12, bbox: [1, 0, 2, 2], centroid: [6.5 / 3, 3.5 / 3], meanColor: "#14141f" },
			{ id: 2, pixels: 1, share: 1 / 12, bbox: [3, 1, 1, 1], centroid: [3.5, 1.5], meanColor: "#000000" },
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

function labelMap(...rows: readonly string[]): LabelMap {
	return { data: Uint8Array.from(rows.join(""), Number), width: rows[0].length, height: rows.length, count: 10 };
}

function regionMap(labels: LabelMap): IdMap {
	const { data, count } = labelRegions(kernels, labels);
	return { data, count, width: labels.width, height: labels.height };
}

/** From the definitions, pixel by pixel. */
function measureNaively({ data, width, height }: IdMap, id: number) {
	const idAt = (x: number, y: number) => (x < 0 || x >= width || y < 0 || y >= height ? -1 : data[y * width + x]);
	const at = [...data.keys()]
		.filter((index) => data[index] === id)
		.map((index) => ({ x: index % width, y: Math.floor(index / width) }));
	if (at.length === 0) {
		return undefined;
	}
	const [xs, ys] = [at.map(({ x }) => x), at.map(({ y }) => y)];
	const [left, top] = [Math.min(...xs), Math.min(...ys)];
	const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value + 0.5, 0) / values.length;
	const neighbours = at.flatMap(({ x, y }) => [idAt(x - 1, y), idAt(x + 1, y), idAt(x, y - 1), idAt(x, y + 1)]);
	return {
		id,
		pixels: at.length,
		share: at.length / data.length,
		bbox: [left, top, Math.max(...xs) - left + 1, Math.max(...ys) - top + 1],
		centroid: [mean(xs), mean(ys)],
		perimeter: neighbours.filter((neighbour) => neighbour !== id).length,
		meanColor: undefined,
	};
}

describe("regionStatistics", () => {
	it("equals the definitions on segments and regions of many maps", () => {
		forEachSeed(PROVED_MAP_COUNT, (index) => {
			const labels = makeLabelMap(index);
			for (const map of [labels, regionMap(labels)]) {
				const statisticsOf = regionStatistics(map);
				for (const id of [0, 1, map.count >> 1, map.count - 1, map.count]) {
					expect(statisticsOf(id), `map ${index}, id ${id}`).toEqual(measureNaively(map, id));
				}
			}
		});
	}, 60_000);

	it("has the mean colours of segmentStatistics", () => {
		forEachSeed(130, (index) => {
			const labels = makeLabelMap(index);
			const random = createRandom(index);
			const data = Uint8Array.from({ length: labels.data.length * 3 }, () => Math.floor(random.next() * 256));
			const image = { data, width: labels.width, height: labels.height };
			const statisticsOf = regionStatistics(labels, image);
			for (const segment of segmentStatistics(labels, image)) {
				expect(statisticsOf(segment.id)).toMatchObject(segment);
			}
		});
	});

	it("measures a ring and its hole", () => {
		const statisticsOf = regionStatistics(labelMap("0000", "0111", "0121", "0111"));
		expect(statisticsOf(1)).toMatchObject({ pixels: 8, bbox: [1, 1, 3, 3], centroid: [2.5, 2.5], perimeter: 16 });
		expect(statisticsOf(2)).toMatchObject({ pixels: 1, bbox: [2, 2, 1, 1], centroid: [2.5, 2.5], perimeter: 4 });
		expect(statisticsOf(3)).toBeUndefined();
	});

	it("refuses an id that is not below count, a wrong length and a photograph of another size", () => {
		const labels = labelMap("05");
		const photograph = { data: new Uint8Array(6), width: 1, height: 2 };
		const failure = (code: string) => expect.objectContaining({ code, message: expect.stringMatching(/^regionStat/) });
		expect(() => regionStatistics({ ...labels, count: 5 })).toThrowError(failure("OPTION_INVALID"));
		expect(() => regionStatistics({ ...labels, width: 3 })).toThrowError(failure("SHAPE_MISMATCH"));
		expect(() => regionStatistics(labels, photograph)).toThrowError(failure("SHAPE_MISMATCH"));
	});
});

describe("countRegions", () => {
	it("counts the regions of each segment", () => {
		const labels = labelMap("010", "101", "020");
		expect([...countRegions(labelRegions(kernels, labels), 4)]).toEqual([5, 3, 1, 0]);
	});
});
