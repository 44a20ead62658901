import { fromArrayBuffer } from "geotiff";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../../fixtures/errors.ts";
import { firstDifference } from "../../../../../fixtures/first-difference.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { exportImageOf, makeLabelMap } from "../../../../../fixtures/label-maps.ts";
import type { Georeference } from "../georeference.ts";
import type { LabelMap } from "../label-map.ts";
import { encodeLabelTiff } from "./tiff.ts";

const ROW: LabelMap = { data: Uint16Array.of(0, 65535, 300), width: 3, height: 1, count: 65536 };
const [POINT, AREA] = [2, 1];

/** Of a system that no code names, with all three kinds of values; pixels as points. */
const KEYS = {
	directory: [1, 1, 0, 5, 1024, 0, 1, 1, 1025, 0, 1, POINT, 1026, 34737, 9, 0, 3072, 0, 1, 32767, 3088, 34736, 1, 1],
	doubles: [0.1, -12.5],
	text: "my place|",
};

async function read(labels: LabelMap, georeference?: Georeference) {
	const bytes = encodeLabelTiff(kernels, { ...exportImageOf(labels), georeference });
	const file = await fromArrayBuffer(bytes.buffer as ArrayBuffer);
	expect(await file.getImageCount()).toBe(1);
	const image = await file.getImage();
	const directory = image.getFileDirectory();
	const [data] = (await image.readRasters()) as unknown as [Uint32Array];
	const value = (tag: string) => directory.getValue(tag as "ModelPixelScale") as ArrayLike<number> | undefined;
	const list = (tag: string) => (value(tag) === undefined ? undefined : Array.from(value(tag) as ArrayLike<number>));
	return { image, data, value, list };
}

describe("encodeLabelTiff", () => {
	it("has the id + 1 of each pixel, in 32 bits", async () => {
		for (let index = 0; index < 104; index++) {
			const labels = makeLabelMap(index);
			const { image, data } = await read(labels);
			const { width, height } = labels;
			expect([image.getWidth(), image.getHeight(), image.getSamplesPerPixel()]).toEqual([width, height, 1]);
			expect(data).toBeInstanceOf(Uint32Array);
			expect(data.length).toBe(labels.data.length);
			const expected = Uint32Array.from(labels.data, (id) => id + 1);
			expect(firstDifference(data, expected), `map ${index}`).toBe(-1);
		}
	});

	it("has room for the highest id, and keeps 0 for no data", async () => {
		const { image, data } = await read(ROW);
		expect([...data]).toEqual([1, 65536, 301]);
		expect(image.getGDALNoData()).toBe(0);
	});

	it("is in strips, of which the last may be lower, also where a row is longer than a strip", async () => {
		for (const [width, height, rows] of [
			[1000, 150, 65],
			[70_000, 2, 1],
		]) {
			const data = Uint8Array.from({ length: width * height }, (_, at) => (at * 7) % 251);
			const { data: decoded, value } = await read({ data, width, height, count: 251 });
			expect(value("RowsPerStrip")).toBe(rows);
			expect(value("StripOffsets")).toHaveLength(Math.ceil(height / rows));
			expect(decoded.every((value, at) => value === data[at] + 1)).toBe(true);
		}
	});

	it("lies on no map where the photograph lies on none", async () => {
		const { image, list } = await read(ROW);
		for (const tag of ["ModelPixelScale", "ModelTiepoint", "ModelTransformation", "GeoKeyDirectory"]) {
			expect(list(tag)).toBeUndefined();
		}
		expect(image.getGeoKeys()).toBeNull();
	});

	it("has a scale and a tie point where the map is upright, and the keys as they were, of areas", async () => {
		const transform = [0.5, 0, 400_000.25, 0, -0.25, 5_000_000.125] as const;
		const { list, value, image } = await read(ROW, { transform, crs: null, geoKeys: KEYS });
		expect(list("ModelPixelScale")).toEqual([0.5, 0.25, 0]);
		expect(list("ModelTiepoint")).toEqual([0, 0, 0, 400_000.25, 5_000_000.125, 0]);
		expect(list("ModelTransformation")).toBeUndefined();
		const areas = KEYS.directory.map((number, at) => (at === 11 ? AREA : number));
		expect(list("GeoKeyDirectory")).toEqual(areas);
		expect(list("GeoDoubleParams")).toEqual(KEYS.doubles);
		expect(value("GeoAsciiParams")).toBe(KEYS.text);
		expect(image.getGeoKeys()).toMatchObject({ GTCitationGeoKey: "my place", GTRasterTypeGeoKey: AREA });
		expect(image.getBoundingBox()).toEqual([400_000.25, 5_000_000.125 - 0.25, 400_001.75, 5_000_000.125]);
	});

	it.each<[string, Georeference["transform"]]>([
		["turned", [1, 2, 3, 4, 5, 6]],
		["mirrored", [-1, 0, 3, 0, -5, 6]],
		["upside down", [1, 0, 3, 0, 5, 6]],
		["sheared", [1, 0, 3, 4, -5, 6]],
		["sheared along the rows", [1, 2, 3, 0, -5, 6]],
	])("has a transformation where the picture is %s on the map", async (_, transform) => {
		const { list } = await read(ROW, { transform, crs: null });
		const [a, b, c, d, e, f] = transform;
		expect(list("ModelTransformation")).toEqual([a, b, 0, c, d, e, 0, f, 0, 0, 0, 0, 0, 0, 0, 1]);
		expect(list("ModelPixelScale")).toBeUndefined();
		expect(list("GeoKeyDirectory")).toBeUndefined();
	});

	it("leaves lists of keys away that are empty", async () => {
		const geoKeys = { directory: [1, 1, 0, 1, 3072, 0, 1, 32633], doubles: [], text: "" };
		const { list, value } = await read(ROW, { transform: [1, 0, 0, 0, -1, 0], crs: "EPSG:32633", geoKeys });
		expect(list("GeoKeyDirectory")).toEqual(geoKeys.directory);
		expect([value("GeoDoubleParams"), value("GeoAsciiParams")]).toEqual([undefined, undefined]);
	});

	it("refuses pixels without a segment and maps of another length", () => {
		const image = exportImageOf(ROW);
		expect(errorOf(() => encodeLabelTiff(kernels, { ...image, segments: [] })).code).toBe("OPTION_INVALID");
		const labels = { ...ROW, width: 4 };
		expect(errorOf(() => encodeLabelTiff(kernels, { ...image, labels })).code).toBe("SHAPE_MISMATCH");
	});
});
