import { readFile, writeFile } from "node:fs/promises";
import { decodeLabelPng } from "@dinoseg/core/labels";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { pythonHas, runPython } from "../../../fixtures/readers/run-python.ts";
import { DOUBLE, encodeTiff, SHORT } from "../../../fixtures/tiff.ts";
import { createSandbox, examplePath } from "./harness.ts";

const SIDES = { width: 120, height: 90 };
const TRANSFORM = [10, 0, 500_000, 0, -10, 5_400_000];

describe("dinoseg export of a GeoTIFF", () => {
	it("writes polygons in the coordinates of its map, as GDAL reads them", async ({ skip }) => {
		await using sandbox = await createSandbox();
		const data = await sharp(examplePath("retina.jpg"))
			.resize(SIDES.width, SIDES.height, { fit: "fill" })
			.raw()
			.toBuffer();
		const tags = [
			{ tag: 33550, type: DOUBLE, values: [10, 10, 0] },
			{ tag: 33922, type: DOUBLE, values: [0, 0, 0, 500_000, 5_400_000, 0] },
			{ tag: 34735, type: SHORT, values: [1, 1, 0, 2, 1024, 0, 1, 1, 3072, 0, 1, 32633] },
		];
		await writeFile(sandbox.path("field.tif"), encodeTiff([{ ...SIDES, channels: 3, data, tags }]));
		expect((await sandbox.dinoseg("segment", "field.tif", "--input-size", "112", "--quiet")).code).toBe(0);
		const run = await sandbox.dinoseg("export", "out/field", "--format", "geojson", "-o", "field.geojson");
		expect(run).toMatchObject({ code: 0 });

		const { crs, bbox } = JSON.parse(await readFile(sandbox.path("field.geojson"), "utf8"));
		expect(crs.properties.name).toBe("urn:ogc:def:crs:EPSG::32633");
		expect(bbox).toEqual([500_000, 5_399_100, 501_200, 5_400_000]);
		if (!pythonHas("osgeo", "shapely")) {
			skip("GDAL and Shapely are not installed");
		}
		await writeFile(
			sandbox.path("jobs.json"),
			JSON.stringify([{ file: "field.geojson", ...SIDES, transform: TRANSFORM }]),
		);
		const [read] = JSON.parse(runPython("geojson.py", [sandbox.folder]));
		const labels = decodeLabelPng(await readFile(sandbox.path("out/field/labels.png")));
		expect(read.authority).toBe("EPSG:32633");
		expect(read.labels).toEqual([...labels.data]);
	});
});
