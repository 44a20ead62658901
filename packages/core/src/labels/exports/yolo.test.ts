import { describe, expect, it } from "vitest";
import { drawRings } from "../../../../../fixtures/draw-rings.ts";
import { errorOf } from "../../../../../fixtures/errors.ts";
import { HOSTILE_TEXTS, imageOfNames } from "../../../../../fixtures/hostile-names.ts";
import { textOf, writeDataSet } from "../../../../../fixtures/join-pieces.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { exportImageOf, makeLabelMap } from "../../../../../fixtures/label-maps.ts";
import { labelRegions } from "../label-regions.ts";
import { segmentColor } from "../palette.ts";
import { createYoloWriter } from "./yolo.ts";

describe("createYoloWriter", () => {
	it("draws every region again, but for its holes", () => {
		for (let index = 0; index < 104; index++) {
			const image = exportImageOf(makeLabelMap(index), "sub/a.b.jpg");
			const { width, height } = image.labels;
			const text = textOf(writeDataSet(createYoloWriter({ kernels }), [image]), "labels/sub/a.b.txt");
			const regions = labelRegions(kernels, image.labels);
			const lines = text.trimEnd().split("\n");
			expect(lines).toHaveLength(regions.count);
			for (const [region, line] of lines.entries()) {
				const [id, ...shares] = line.split(" ").map(Number);
				expect(id).toBe(regions.segments[region]);
				const corners = shares.map((value, at) => value * (at % 2 === 0 ? width : height));
				const ring = corners.map(Math.round);
				expect(Math.max(...corners.map((corner, at) => Math.abs(corner - ring[at])))).toBeLessThan(1e-4);
				const drawn = new Int32Array(width * height).fill(-1);
				drawRings(drawn, width, [ring], 1);
				// What lies inside without being of the region is a hole.
				expect(drawn.findIndex((inside, at) => inside !== 1 && regions.data[at] === region)).toBe(-1);
			}
		}
	});

	it("counts the holes that it fills, and is silent without", () => {
		const ring = Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0);
		const writer = createYoloWriter({ kernels });
		const files = writeDataSet(writer, [exportImageOf({ data: ring, width: 5, height: 3, count: 2 })]);
		expect(textOf(files, "labels/photo.txt").split("\n")[0]).toBe("0 0 0 1 0 1 1 0 1");
		expect(writer.warnings?.()).toMatchObject([{ code: "HOLES_LOST", message: expect.stringContaining("2 hole(s)") }]);
		const plain = createYoloWriter({ kernels });
		writeDataSet(plain, [exportImageOf({ data: Uint8Array.of(0, 1), width: 2, height: 1, count: 2 })]);
		expect(plain.warnings?.()).toEqual([]);
	});

	it("names classes without gaps, whatever the names and their number", () => {
		const data = Uint16Array.from({ length: 300 }, (_, at) => at * 3);
		const many = exportImageOf({ data, width: 300, height: 1, count: 900 });
		const lines = textOf(writeDataSet(createYoloWriter({ kernels }), [many]), "data.yaml").split("\n");
		expect(lines.slice(0, 3)).toEqual(["train: images", "val: images", "names:"]);
		expect(lines.slice(3, 8)).toEqual(
			["segment-0", "_unused_1", "_unused_2", "segment-3", "_unused_4"].map((name, id) => `  ${id}: "${name}"`),
		);
		expect(lines).toHaveLength(3 + 898 + 1);

		const hostile = imageOfNames(HOSTILE_TEXTS);
		const segments = hostile.segments.map((segment) => ({ ...segment, color: segmentColor(segment.id) }));
		const yaml = textOf(writeDataSet(createYoloWriter({ kernels }), [{ ...hostile, segments }]), "data.yaml");
		const names = yaml.trimEnd().split("\n").slice(3);
		expect(names.map((line) => JSON.parse(line.replace(/^ {2}\d+: /, "")))).toEqual(HOSTILE_TEXTS);
		expect(yaml).not.toContain("\u2028");
	});

	it("refuses halves of a character and photographs that share a file", () => {
		const write = (...images: Parameters<typeof imageOfNames>[]) =>
			errorOf(() =>
				writeDataSet(
					createYoloWriter({ kernels }),
					images.map((image) => imageOfNames(...image)),
				),
			);
		expect(write([["half \ud800"]])).toMatchObject({ code: "OPTION_INVALID" });
		expect(write([["a"], "x.jpg"], [["a"], "x.png"])).toMatchObject({ code: "INPUT_CONFLICT" });
	});
});
