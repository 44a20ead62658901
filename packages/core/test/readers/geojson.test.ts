import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "@dinoseg/core";
import {
	type ExportImage,
	encodeGeoJson,
	type Georeference,
	type LabelMap,
	type PolygonExportOptions,
} from "@dinoseg/core/labels";
import { loadKernels } from "@dinoseg/kernels";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportImageOf, LABEL_MAP_COUNT, makeLabelMap } from "../../../../fixtures/label-maps.ts";
import { pythonHas, runPython } from "../../../../fixtures/readers/run-python.ts";

/** North up, south up and turned. GDAL takes a picture with the transform of pixels for one that lies nowhere. */
const GEOREFERENCES: readonly Georeference[] = [
	{ transform: [10, 0, 500_000, 0, -10, 5_400_000], crs: "EPSG:32633" },
	{ transform: [0.25, 0, 8, 0, 0.25, 48], crs: "EPSG:4326" },
	{ transform: [3, 4, 1000, 4, -3, 2000], crs: "EPSG:3857" },
];
const PIXELS = [1, 0, 0, 0, 1, 0] as const;

interface Result {
	readonly file: string;
	/** The feature at each pixel, -1 for none. */
	readonly labels: readonly number[];
	readonly names: readonly string[];
	readonly authority: string | null;
	readonly invalid: number;
	readonly clockwise: number;
	readonly overlaps: number;
	readonly area: number;
	readonly unionArea: number;
}

interface Export {
	readonly kind: "segments" | "regions" | "map" | "simplified";
	readonly image: ExportImage;
	readonly options: PolygonExportOptions;
}

/** The label map of a number with names that need care. */
function imageOf(index: number): ExportImage {
	const image = exportImageOf(makeLabelMap(index));
	return {
		...image,
		segments: image.segments.map((segment) => ({ ...segment, name: `"<${segment.name}>", \\ & 🌲\n` })),
	};
}

/** Thirty areas with straight borders, and other pixels strewn over them. */
function largeMap(): LabelMap {
	const random = createRandom(5);
	const [width, height, count] = [320, 240, 30];
	const seeds = Array.from({ length: count }, () => [width * random.next(), height * random.next()]);
	const data = Uint8Array.from({ length: width * height }, (_, pixel) => {
		const distance = (id: number) =>
			(seeds[id][0] - (pixel % width)) ** 2 + (seeds[id][1] - Math.floor(pixel / width)) ** 2;
		const nearest = seeds.reduce((best, _seed, id) => (distance(id) < distance(best) ? id : best), 0);
		return random.next() < 0.01 ? (nearest + 1) % count : nearest;
	});
	return { data, width, height, count };
}

const exportsOf = (index: number): Export[] => {
	const image = imageOf(index);
	const georeference = GEOREFERENCES[index % GEOREFERENCES.length];
	return [
		{ kind: "segments", image, options: {} },
		{ kind: "regions", image, options: { splitRegions: true } },
		{ kind: "map", image: { ...image, georeference }, options: { splitRegions: index % 2 === 0 } },
		{ kind: "simplified", image, options: { splitRegions: true, simplify: 1 + (index % 4) } },
	];
};

describe.skipIf(!pythonHas("osgeo", "shapely"))("GeoJSON in GDAL and Shapely", () => {
	let folder = "";
	const exported = Array.from({ length: LABEL_MAP_COUNT }, (_, index) => exportsOf(index)).flat();
	for (const simplify of [1, 3, 20]) {
		exported.push({ kind: "simplified", image: exportImageOf(largeMap()), options: { splitRegions: true, simplify } });
	}
	let results: readonly Result[];

	beforeAll(async () => {
		folder = mkdtempSync(join(tmpdir(), "dinoseg-geojson-"));
		const kernels = await loadKernels();
		const jobs = exported.map(({ image, options }, index) => {
			const file = `${index}.geojson`;
			writeFileSync(join(folder, file), encodeGeoJson(kernels, image, options));
			const { width, height } = image.labels;
			return { file, width, height, transform: image.georeference?.transform ?? PIXELS };
		});
		writeFileSync(join(folder, "jobs.json"), JSON.stringify(jobs));
		results = JSON.parse(runPython("geojson.py", [folder])) as Result[];
	}, 600_000);

	afterAll(() => rmSync(folder, { recursive: true }));

	const all = () => exported.map((entry, index) => ({ ...entry, ...results[index] }));

	it("covers exactly the pixels of each segment, in pixels and on a map", () => {
		const faults = all().filter(({ kind, labels, image }) => {
			return kind !== "simplified" && labels.join() !== image.labels.data.join();
		});
		expect(faults.map(({ kind, file }) => `${kind} ${file}`)).toEqual([]);
	});

	it("has valid polygons that run the right way round and do not overlap", () => {
		const faults = all().filter(({ invalid, clockwise, overlaps }) => invalid + clockwise + overlaps > 0);
		expect(faults.map(({ kind, file }) => `${kind} ${file}`)).toEqual([]);
	});

	it("covers the whole picture", () => {
		for (const { area, unionArea, image } of all()) {
			const [a, b, , d, e] = image.georeference?.transform ?? PIXELS;
			const expected = image.labels.width * image.labels.height * Math.abs(a * e - b * d);
			expect(area).toBeCloseTo(expected, 6);
			expect(unionArea).toBeCloseTo(expected, 6);
		}
	});

	it("keeps names", () => {
		for (const { kind, names, image } of all()) {
			if (kind === "segments") {
				expect(names).toEqual(image.segments.map(({ name }) => name));
			}
		}
	});

	it("names the coordinate reference system", () => {
		const maps = all().filter(({ kind }) => kind === "map");
		expect(maps.map(({ authority }) => authority)).toEqual(maps.map(({ image }) => image.georeference?.crs));
	});
});
