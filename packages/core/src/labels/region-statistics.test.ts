import { describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import { makeLabelMap } from "../../../../fixtures/label-maps.ts";
import { forEachSeed } from "../../../../fixtures/seeds.ts";
import { createRandom } from "../rng.ts";
import type { IdMap } from "./column-runs.ts";
import type { LabelMap } from "./label-map.ts";
import { labelRegions } from "./label-regions.ts";
import { countRegions, regionStatistics } from "./region-statistics.ts";
import { segmentStatistics } from "./statistics.ts";

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
	it("equals the definitions on segments and regions of 1,000 maps", () => {
		forEachSeed(1000, (index) => {
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
