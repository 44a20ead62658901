import { describe, expect, it } from "vitest";
import { drawRings } from "../../../../../fixtures/draw-rings.ts";
import { textOf, writeDataSet } from "../../../../../fixtures/join-pieces.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { exportImageOf, makeLabelMap } from "../../../../../fixtures/label-maps.ts";
import { createCocoWriter } from "./coco.ts";
import type { ExportImage } from "./export-image.ts";

interface Annotation {
	readonly category_id: number;
	readonly segmentation: number[][];
	readonly area: number;
	readonly bbox: readonly number[];
	readonly iscrowd: number;
}

function annotationsOf(image: ExportImage, options: { splitRegions?: boolean; simplify?: number }): Annotation[] {
	const writer = createCocoWriter({ kernels, polygons: true, ...options });
	return JSON.parse(textOf(writeDataSet(writer, [image]), "instances.json")).annotations;
}

describe("COCO polygons", () => {
	it.each([false, true])("hold every pixel, with the boxes and areas of the run lengths; split: %s", (splitRegions) => {
		for (let index = 0; index < 104; index++) {
			const image = exportImageOf(makeLabelMap(index));
			const { data, width, height } = image.labels;
			const exact = createCocoWriter({ kernels, splitRegions });
			const masks: Annotation[] = JSON.parse(textOf(writeDataSet(exact, [image]), "instances.json")).annotations;
			const polygons = annotationsOf(image, { splitRegions });
			const withoutShape = (all: readonly Annotation[]) => all.map(({ segmentation: _, ...rest }) => rest);
			expect(withoutShape(polygons)).toEqual(withoutShape(masks));
			for (const { category_id, segmentation } of splitRegions ? [] : polygons) {
				// Each by itself: filled holes lie over other rings.
				const drawn = segmentation.map((ring) => {
					const mask = new Int32Array(width * height).fill(-1);
					drawRings(mask, width, [ring], 1);
					return mask;
				});
				const isDrawn = (at: number) => drawn.some((mask) => mask[at] === 1);
				expect(data.findIndex((id, at) => id === category_id - 1 && !isDrawn(at))).toBe(-1);
			}
		}
	});

	it("have fewer corners where they are simplified", () => {
		const corners = (simplify: number) =>
			annotationsOf(exportImageOf(makeLabelMap(2)), { simplify }).flatMap(({ segmentation }) => segmentation.flat())
				.length;
		expect(corners(2)).toBeLessThan(corners(0));
	});
});
