import { readFile, writeFile } from "node:fs/promises";
import { decodeLabelPng, type LabelMap } from "@dinoseg/core/labels";
import { fromArrayBuffer } from "geotiff";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { pythonHas, runPython } from "../../../fixtures/readers/run-python.ts";
import { DOUBLE, encodeTiff, SHORT, type TiffTag } from "../../../fixtures/tiff.ts";
import { createSandbox, examplePath, type Sandbox } from "./harness.ts";

const SIDES = { width: 120, height: 90 };
const TRANSFORM = [10, 0, 500_000, 0, -10, 5_400_000];

const TAGS = [
	{ tag: 33550, type: DOUBLE, values: [10, 10, 0] },
	{ tag: 33922, type: DOUBLE, values: [0, 0, 0, 500_000, 5_400_000, 0] },
	{ tag: 34735, type: SHORT, values: [1, 1, 0, 2, 1024, 0, 1, 1, 3072, 0, 1, 32633] },
];

/** A photograph on a map, segmented. */
async function segmentField(sandbox: Sandbox, ...tags: readonly TiffTag[]): Promise<LabelMap> {
	const data = await sharp(examplePath("retina.jpg"))
		.resize(SIDES.width, SIDES.height, { fit: "fill" })
		.raw()
		.toBuffer();
	const field = encodeTiff([{ ...SIDES, channels: 3, data, tags: [...TAGS, ...tags] }]);
	await writeFile(sandbox.path("field.tif"), field);
	expect((await sandbox.dinoseg("segment", "field.tif", "--input-size", "112", "--quiet")).code).toBe(0);
	return decodeLabelPng(await readFile(sandbox.path("out/field/labels.png")));
}

describe("dinoseg export of a GeoTIFF", () => {
	it("writes polygons in the coordinates of its map, as GDAL reads them", async ({ skip }) => {
		await using sandbox = await createSandbox();
		const labels = await segmentField(sandbox);
		const run = await sandbox.dinoseg("export", "out/field", "--format", "geojson", "-o", "field.geojson");
		expect(run).toMatchObject({ code: 0 });
		expect(run.stderr).not.toContain("warning");

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
		expect(read.authority).toBe("EPSG:32633");
		expect(read.labels).toEqual([...labels.data]);
	});

	it.each([
		["as it is stored", 1, TRANSFORM],
		["turned upright", 6, [0, 10, 500_000, 10, 0, 5_399_100]],
	])("writes labels that lie where the photograph lies, %s", async (_, orientation, [a, b, c, d, e, f]) => {
		await using sandbox = await createSandbox();
		const labels = await segmentField(sandbox, { tag: 274, type: SHORT, values: [orientation] });
		const run = await sandbox.dinoseg("export", "out", "--format", "tiff");
		expect(run, run.stderr).toMatchObject({ code: 0 });
		const bytes = await readFile(sandbox.path("out/field/labels.tif"));
		const image = await (await fromArrayBuffer(new Uint8Array(bytes).buffer)).getImage();
		const directory = image.getFileDirectory();
		const list = (tag: "ModelPixelScale" | "ModelTiepoint" | "ModelTransformation") =>
			Array.from((directory.getValue(tag) as ArrayLike<number> | undefined) ?? []);
		if (orientation === 1) {
			expect([list("ModelPixelScale"), list("ModelTiepoint")]).toEqual([
				[a, -e, 0],
				[0, 0, 0, c, f, 0],
			]);
		} else {
			expect(list("ModelTransformation")).toEqual([a, b, 0, c, d, e, 0, f, 0, 0, 0, 0, 0, 0, 0, 1]);
		}
		expect(image.getGeoKeys()).toMatchObject({ GTModelTypeGeoKey: 1, ProjectedCSTypeGeoKey: 32633 });
		const [values] = (await image.readRasters()) as unknown as [Uint32Array];
		expect([image.getWidth(), image.getHeight()]).toEqual([labels.width, labels.height]);
		expect(values).toEqual(Uint32Array.from(labels.data, (id) => id + 1));
	});
});
