import { describe, expect, it } from "vitest";
import { drawRings } from "../../../../../fixtures/draw-rings.ts";
import { errorOf } from "../../../../../fixtures/errors.ts";
import { firstDifference } from "../../../../../fixtures/first-difference.ts";
import { imageOfNames } from "../../../../../fixtures/hostile-names.ts";
import { textOf, writeDataSet } from "../../../../../fixtures/join-pieces.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { exportImageOf, makeLabelMap } from "../../../../../fixtures/label-maps.ts";
import { labelRegions } from "../label-regions.ts";
import type { ExportImage } from "./export-image.ts";
import { createLabelmeWriter, type LabelmeOptions } from "./labelme.ts";

interface Shape {
	readonly label: string;
	readonly points: readonly [number, number][];
	readonly group_id: number | null;
	readonly shape_type: string;
}

const RING = { data: Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0), width: 5, height: 3, count: 2 };

function read(image: ExportImage, options?: Partial<LabelmeOptions>) {
	const files = writeDataSet(createLabelmeWriter({ kernels, ...options }), [image]);
	return JSON.parse(textOf(files, "sub/a.b.json")) as { readonly shapes: readonly Shape[] };
}

describe("createLabelmeWriter", () => {
	it.each([false, true])("draws every pixel again, shape over shape, split: %s", (splitRegions) => {
		for (let index = 0; index < 104; index++) {
			const image = exportImageOf(makeLabelMap(index), "sub/a.b.jpg");
			const { width, height, data } = image.labels;
			const { shapes } = read(image, { splitRegions });
			const regions = labelRegions(kernels, image.labels);
			expect(shapes).toHaveLength(regions.count);
			const drawn = new Int32Array(width * height).fill(-1);
			for (const [region, { label, points, group_id, shape_type }] of shapes.entries()) {
				const id = regions.segments[region];
				const own = new Int32Array(width * height).fill(-1);
				drawRings(own, width, [points.flat()], 1);
				for (let at = 0; at < own.length; at++) {
					drawn[at] = own[at] === 1 ? id : drawn[at];
				}
				expect([label, group_id, shape_type]).toEqual([`segment-${id}`, splitRegions ? null : id, "polygon"]);
			}
			expect(firstDifference(drawn, data), `map ${index}`).toBe(-1);
		}
	});

	it("looks like this", () => {
		const files = writeDataSet(createLabelmeWriter({ kernels }), [exportImageOf(RING, "sub/photo.jpg")]);
		expect([...files.keys()]).toEqual(["sub/photo.json", "labels.txt"]);
		expect(textOf(files, "sub/photo.json")).toBe(`{"version":"5.1.1","flags":{},"shapes":[
{"label":"segment-0","points":[[0,0],[5,0],[5,3],[0,3]],"group_id":0,"shape_type":"polygon","flags":{}},
{"label":"segment-1","points":[[1,1],[2,1],[2,2],[1,2]],"group_id":1,"shape_type":"polygon","flags":{}},
{"label":"segment-1","points":[[3,1],[4,1],[4,2],[3,2]],"group_id":1,"shape_type":"polygon","flags":{}}
],"imagePath":"photo.jpg","imageData":null,"imageHeight":3,"imageWidth":5}
`);
		expect(textOf(files, "labels.txt")).toBe("__ignore__\n_background_\nsegment-0\nsegment-1\n");
	});

	it("counts the holes that it fills, and is silent without", () => {
		const writer = createLabelmeWriter({ kernels });
		writeDataSet(writer, [exportImageOf(RING)]);
		expect(writer.warnings?.()).toMatchObject([{ code: "HOLES_LOST", message: expect.stringContaining("2 hole(s)") }]);
		const plain = createLabelmeWriter({ kernels });
		writeDataSet(plain, [exportImageOf({ data: Uint8Array.of(0, 1), width: 2, height: 1, count: 2 })]);
		expect(plain.warnings?.()).toEqual([]);
	});

	it("draws fewer corners where it may", () => {
		const data = Uint8Array.from({ length: 36 }, (_, pixel) => (pixel % 6 < Math.floor(pixel / 6) ? 1 : 0));
		const stairs = exportImageOf({ data, width: 6, height: 6, count: 2 }, "sub/a.b.jpg");
		const corners = (simplify: number) => read(stairs, { simplify }).shapes.map(({ points }) => points.length);
		expect(corners(0)).toEqual([14, 12]);
		expect(corners(2)).toEqual([5, 3]);
	});

	it("keeps names that a line can hold, and refuses others, files of one name, and halves of a character", () => {
		const write = (...images: readonly ExportImage[]) => writeDataSet(createLabelmeWriter({ kernels }), images);
		const names = ['<b> & "x"', "Wald 🌲", "#1: \\"];
		const files = write(imageOfNames(names, "a.jpg"));
		const { shapes } = JSON.parse(textOf(files, "a.json"));
		expect(shapes.map(({ label }: Shape) => label)).toEqual(names);
		expect(textOf(files, "labels.txt").split("\n").slice(2, -1)).toEqual(names);
		for (const name of ["", " a", "a ", "a\nb", "a\u2028b", "half \ud800", "__ignore__", "_background_"]) {
			expect(errorOf(() => write(imageOfNames([name]))).code, JSON.stringify(name)).toBe("OPTION_INVALID");
		}
		expect(errorOf(() => write(imageOfNames(["a"], "\ud800.jpg"))).code).toBe("OPTION_INVALID");
		const same = () => write(imageOfNames(["a"], "x.jpg"), imageOfNames(["a"], "x.png"));
		expect(errorOf(same)).toMatchObject({ code: "INPUT_CONFLICT" });
	});
});
