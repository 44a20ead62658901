import { parse } from "csv-parse/browser/esm/sync";
import { describe, expect, it } from "vitest";
import { HOSTILE_TEXTS } from "../../../../../fixtures/hostile-names.ts";
import { joinPieces, textOf, writeDataSet } from "../../../../../fixtures/join-pieces.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { exportImageOf, makeLabelMap, PROVED_MAP_COUNT } from "../../../../../fixtures/label-maps.ts";
import type { LabelMap } from "../label-map.ts";
import { labelRegions } from "../label-regions.ts";
import { colorToHex } from "../palette.ts";
import { countRegions, regionStatistics } from "../statistics.ts";
import { createCsvWriter } from "./csv.ts";
import type { ExportImage } from "./export-image.ts";

function tableOf(images: readonly ExportImage[], splitRegions?: boolean): string {
	return textOf(writeDataSet(createCsvWriter({ kernels, splitRegions }), images), "segments.csv");
}

/** As readers do to whom a lone CR ends a line, too. */
const rowsOf = (text: string): Record<string, string>[] =>
	parse(text, { columns: true, record_delimiter: ["\r\n", "\n", "\r"] });

function labelMap(...rows: readonly string[]): LabelMap {
	return { data: Uint8Array.from(rows.join(""), Number), width: rows[0].length, height: rows.length, count: 10 };
}

describe("createCsvWriter", () => {
	it.each([false, true])(
		"gives back the statistics of many maps, split: %s",
		(splitRegions) => {
			const images = Array.from({ length: PROVED_MAP_COUNT }, (_, index) =>
				exportImageOf(makeLabelMap(index), `${index}.jpg`),
			);
			const expected = images.flatMap(({ file, labels, segments }) => {
				const { width, height } = labels;
				const regions = labelRegions(kernels, labels);
				const counts = countRegions(regions, labels.count);
				const map = splitRegions ? { data: regions.data, count: regions.count, width, height } : labels;
				const statisticsOf = regionStatistics(map);
				const ids = splitRegions ? [...regions.segments.keys()] : segments.map(({ id }) => id);
				return ids.map((id) => {
					const statistics = statisticsOf(id);
					const segment = segments.find((candidate) => candidate.id === (splitRegions ? regions.segments[id] : id));
					return {
						image: file,
						id: segment?.id,
						name: segment?.name,
						color: colorToHex(segment?.color ?? [0, 0, 0]),
						...(splitRegions ? { region: id } : {}),
						pixels: statistics?.pixels,
						share: statistics?.share,
						area: "",
						area_unit: "",
						x: statistics?.bbox[0],
						y: statistics?.bbox[1],
						width: statistics?.bbox[2],
						height: statistics?.bbox[3],
						centroid_x: statistics?.centroid[0],
						centroid_y: statistics?.centroid[1],
						perimeter: statistics?.perimeter,
						mean_color: "",
						...(splitRegions ? {} : { regions: counts[id] }),
					};
				});
			});
			const asNumber = (value: string) => (value !== "" && Number.isFinite(Number(value)) ? Number(value) : value);
			const rows = rowsOf(tableOf(images, splitRegions)).map((row) =>
				Object.fromEntries(Object.entries(row).map(([column, value]) => [column, asNumber(value)])),
			);
			expect(rows).toEqual(expected);
		},
		60_000,
	);

	it("writes one row for each segment", () => {
		const labels = labelMap("011", "050");
		const data = Uint8Array.from({ length: 18 }, (_, index) => index * 10);
		const photograph = { data, width: 3, height: 2 };
		expect(tableOf([{ ...exportImageOf(labels, "a.jpg"), photograph }])).toBe(
			[
				"image,id,name,color,pixels,share,area,area_unit,x,y,width,height,centroid_x,centroid_y,perimeter,mean_color,regions",
				"a.jpg,0,segment-0,#e69f00,3,0.5,,,0,0,3,2,1.1666666666666667,1.1666666666666667,10,#505a64,2",
				"a.jpg,1,segment-1,#56b4e9,2,0.3333333333333333,,,1,0,2,1,2,0.5,6,#2d3741,1",
				"a.jpg,5,segment-5,#d55e00,1,0.16666666666666666,,,1,1,1,1,1.5,1.5,4,#78828c,1",
				"",
			].join("\n"),
		);
	});

	it("writes one row for each region", () => {
		expect(tableOf([exportImageOf(labelMap("010"), "a.jpg")], true)).toBe(
			[
				"image,id,name,color,region,pixels,share,area,area_unit,x,y,width,height,centroid_x,centroid_y,perimeter,mean_color",
				"a.jpg,0,segment-0,#e69f00,0,1,0.3333333333333333,,,0,0,1,1,0.5,0.5,4,",
				"a.jpg,1,segment-1,#56b4e9,1,1,0.3333333333333333,,,1,0,1,1,1.5,0.5,4,",
				"a.jpg,0,segment-0,#e69f00,2,1,0.3333333333333333,,,2,0,1,1,2.5,0.5,4,",
				"",
			].join("\n"),
		);
	});

	it("tells areas in the unit of the size of a pixel, also of an image beside one without", () => {
		const image = exportImageOf(labelMap("0012"), "a.jpg");
		const sized = { ...image, pixelSize: { width: 0.5, height: 0.25, unit: "um" as const } };
		for (const splitRegions of [false, true]) {
			expect(rowsOf(tableOf([sized, image], splitRegions)).map((row) => [row["area"], row["area_unit"]])).toEqual([
				["0.25", "um2"],
				["0.125", "um2"],
				["0.125", "um2"],
				["", ""],
				["", ""],
				["", ""],
			]);
		}
	});

	it("takes a mean colour that is known, for whole segments only", () => {
		const image = exportImageOf(labelMap("0"));
		const known = { ...image, segments: image.segments.map((segment) => ({ ...segment, meanColor: "#123456" })) };
		expect(rowsOf(tableOf([known]))).toMatchObject([{ mean_color: "#123456" }]);
		expect(rowsOf(tableOf([known], true))).toMatchObject([{ mean_color: "" }]);
	});

	it("gives back any name", () => {
		const segments = HOSTILE_TEXTS.map((name, id) => ({ id, name, color: [id, 0, 0] as const }));
		const data = Uint8Array.from(segments.keys());
		const labels = { data, width: data.length, height: 1, count: data.length };
		for (const splitRegions of [false, true]) {
			const rows = rowsOf(
				tableOf(
					HOSTILE_TEXTS.map((file) => ({ file, labels, segments })),
					splitRegions,
				),
			);
			expect(rows.map(({ image, name }) => [image, name])).toEqual(
				HOSTILE_TEXTS.flatMap((file) => HOSTILE_TEXTS.map((name) => [file, name])),
			);
		}
	});

	it("quotes what readers would trim", () => {
		const image = exportImageOf(labelMap("0"));
		for (const name of [" sky", "sky ", "\tsky"]) {
			const named = { ...image, segments: image.segments.map((segment) => ({ ...segment, name })) };
			expect(tableOf([named])).toContain(`,"${name}",`);
		}
	});

	it.each(["nul\0", "half \ud83e"])("refuses the name %j, and leaves out the image", (name) => {
		const good = exportImageOf(labelMap("01"));
		const bad = { ...good, segments: good.segments.map((segment) => ({ ...segment, name: `${name}${segment.id}` })) };
		const failure = expect.objectContaining({ code: "OPTION_INVALID", message: expect.stringContaining("name") });
		const writer = createCsvWriter({ kernels });
		expect(() => writer.add(bad)).toThrowError(failure);
		expect(() => writer.add({ ...good, file: name })).toThrowError(failure);
		expect(textOf(joinPieces([...writer.add(good), ...writer.end()]), "segments.csv")).toBe(tableOf([good]));
	});

	it.each([false, true])("leaves out an image whose photograph has another size, split: %s", (splitRegions) => {
		const good = exportImageOf(labelMap("01"));
		const writer = createCsvWriter({ kernels, splitRegions });
		expect(() => writer.add({ ...good, photograph: { data: new Uint8Array(3), width: 1, height: 1 } })).toThrowError(
			expect.objectContaining({ code: "SHAPE_MISMATCH" }),
		);
		expect(textOf(joinPieces([...writer.add(good), ...writer.end()]), "segments.csv")).toBe(
			tableOf([good], splitRegions),
		);
	});

	it("has a header without images", () => {
		expect(tableOf([]).split("\n")).toHaveLength(2);
	});
});
