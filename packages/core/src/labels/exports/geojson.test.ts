import { describe, expect, it } from "vitest";
import { drawRings } from "../../../../../fixtures/draw-rings.ts";
import { errorOf } from "../../../../../fixtures/errors.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { exportImageOf, LABEL_MAP_COUNT, makeLabelMap, PROVED_MAP_COUNT } from "../../../../../fixtures/label-maps.ts";
import { forEachSeed } from "../../../../../fixtures/seeds.ts";
import type { Georeference } from "../georeference.ts";
import type { LabelMap } from "../label-map.ts";
import { labelRegions } from "../label-regions.ts";
import { ringArea } from "../polygons/region-rings.ts";
import type { ExportImage } from "./export-image.ts";
import { encodeGeoJson } from "./geojson.ts";
import type { PolygonExportOptions } from "./polygon-features.ts";

type Ring = [number, number][];

interface Feature {
	readonly type: "Feature";
	readonly id: number;
	readonly properties: Record<string, unknown> & { readonly id: number; readonly pixels: number };
	readonly geometry:
		| { readonly type: "Polygon"; readonly coordinates: Ring[] }
		| { readonly type: "MultiPolygon"; readonly coordinates: Ring[][] };
}

interface Collection {
	readonly crs?: unknown;
	readonly bbox: readonly number[];
	readonly features: readonly Feature[];
}

const SQUARE: LabelMap = { data: Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0), width: 3, height: 3, count: 2 };

const UTM: Georeference = { transform: [10, 0, 500_000.5, 0, -10, 5_400_000.25], crs: "EPSG:32633" };

const read = (image: ExportImage, options?: PolygonExportOptions) =>
	JSON.parse(encodeGeoJson(kernels, image, options)) as Collection;

const polygonsOf = ({ geometry }: Feature): Ring[][] =>
	geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;

/** A closed ring as x, y, x, y and so on, without the position that comes twice. */
const openRing = (ring: Ring): number[] => ring.slice(0, -1).flat();

describe("encodeGeoJson", () => {
	it("gives polygons that cover the pixels of their segments", () => {
		forEachSeed(PROVED_MAP_COUNT, (index) => {
			const labels = makeLabelMap(index);
			const { features } = read(exportImageOf(labels));
			const drawn = new Int32Array(labels.data.length).fill(-1);
			for (const feature of features) {
				drawRings(drawn, labels.width, polygonsOf(feature).flat().map(openRing), feature.id);
			}
			expect(drawn.join(), `map ${index}`).toBe(labels.data.join());
		});
	});

	it("gives one polygon for each region where regions are split", () => {
		forEachSeed(PROVED_MAP_COUNT, (index) => {
			const labels = makeLabelMap(index);
			const { features } = read(exportImageOf(labels), { splitRegions: true });
			const drawn = new Int32Array(labels.data.length).fill(-1);
			for (const { id, geometry } of features) {
				drawRings(drawn, labels.width, (geometry.coordinates as Ring[]).map(openRing), id);
			}
			const { data, segments } = labelRegions(kernels, labels);
			expect(drawn.join(), `map ${index}`).toBe(data.join());
			expect(
				features.map(({ properties, geometry }) => [geometry.type, properties.id]),
				`map ${index}`,
			).toEqual(Array.from(segments, (segment) => ["Polygon", segment]));
		});
	});

	it.each<[string, Georeference | undefined]>([
		["in pixels", undefined],
		["on a map whose y goes up", UTM],
		["on a map that is turned", { transform: [0, 2, 7, 3, 0, -5], crs: null }],
		["on a map that is turned and mirrored", { transform: [0, -2, 7, 3, 0, -5], crs: null }],
		["on a map that is sheared", { transform: [1, 0.5, 0, 0.25, 2, 0], crs: null }],
	])(
		"closes rings, exteriors counterclockwise and holes clockwise, %s",
		(_, georeference) => {
			forEachSeed(LABEL_MAP_COUNT, (index) => {
				const { features, bbox } = read({ ...exportImageOf(makeLabelMap(index)), georeference });
				const { transform } = georeference ?? { transform: [1, 0, 0, 0, 1, 0] };
				const scale = Math.abs(transform[0] * transform[4] - transform[1] * transform[3]);
				const [west, south, east, north] = bbox;
				for (const feature of features) {
					const polygons = polygonsOf(feature);
					for (const ring of polygons.flat()) {
						expect(ring.at(-1)).toEqual(ring[0]);
						const isInside = ring.every(([x, y]) => x >= west && x <= east && y >= south && y <= north);
						expect(isInside).toBe(true);
					}
					// Relative to a corner, so that areas of small squares far out stay exact.
					const local = polygons.map((rings) =>
						rings.map((ring) => ring.map(([x, y]): [number, number] => [x - west, y - south])),
					);
					const areas = local.map((rings) => rings.map((ring) => ringArea(openRing(ring))));
					expect(areas.every(([exterior, ...holes]) => exterior > 0 && holes.every((area) => area < 0))).toBe(true);
					expect(areas.flat().reduce((sum, area) => sum + area) / scale).toBeCloseTo(feature.properties.pixels, 6);
				}
			});
		},
		30_000,
	);

	it("looks like this", () => {
		const text = encodeGeoJson(kernels, exportImageOf(SQUARE));
		const segment = (id: number, pixels: number, hex: string, color: number[]) =>
			`{"type":"Feature","id":${id},"properties":{"id":${id},"name":"segment-${id}","pixels":${pixels},"share":${pixels / 9},` +
			`"fill":"${hex}","stroke":"${hex}","objectType":"annotation",` +
			`"classification":{"name":"segment-${id}","color":[${color}]},"color":[${color}]},` +
			`"geometry":{"type":"MultiPolygon","coordinates":[`;
		expect(text).toBe(
			`{"type":"FeatureCollection","bbox":[0,0,3,3],"features":[\n` +
				`${segment(0, 8, "#e69f00", [230, 159, 0])}[[[0,0],[3,0],[3,3],[0,3],[0,0]],[[1,1],[1,2],[2,2],[2,1],[1,1]]]]}},\n` +
				`${segment(1, 1, "#56b4e9", [86, 180, 233])}[[[1,1],[2,1],[2,2],[1,2],[1,1]]]]}}\n]}\n`,
		);
	});

	it("gives map coordinates and names their system where the picture has a georeference", () => {
		const { crs, bbox, features } = read({ ...exportImageOf(SQUARE), georeference: UTM });
		expect(crs).toEqual({ type: "name", properties: { name: "urn:ogc:def:crs:EPSG::32633" } });
		expect(bbox).toEqual([500_000.5, 5_399_970.25, 500_030.5, 5_400_000.25]);
		expect(features[1].geometry.coordinates).toEqual([
			[
				[
					[500_010.5, 5_399_990.25],
					[500_010.5, 5_399_980.25],
					[500_020.5, 5_399_980.25],
					[500_020.5, 5_399_990.25],
					[500_010.5, 5_399_990.25],
				],
			],
		]);
	});

	it("names EPSG:4326 as CRS84, because longitude comes first", () => {
		const georeference: Georeference = { transform: [0.1, 0, 8, 0, -0.1, 50], crs: "EPSG:4326" };
		expect(read({ ...exportImageOf(SQUARE), georeference }).crs).toEqual({
			type: "name",
			properties: { name: "urn:ogc:def:crs:OGC:1.3:CRS84" },
		});
	});

	it("writes coordinates that read back exactly", () => {
		const georeference: Georeference = { transform: [1e-7, 0, 1 / 3, 0, -1e-7, 2 / 3], crs: null };
		const [{ geometry }] = read({ ...exportImageOf(SQUARE), georeference }).features;
		expect((geometry.coordinates as Ring[][])[0][1][1]).toEqual([2e-7 + 1 / 3, -1e-7 + 2 / 3]);
	});

	it("keeps any name", () => {
		const names = ['"quoted", \\ and </script>', "__proto__\n\u0000 🌲 \ud800"];
		const segments = names.map((name, id) => ({ id, name, color: [1, 2, 3] as const }));
		const { features } = read({ ...exportImageOf(SQUARE), segments });
		expect(features.map(({ properties }) => [properties["name"], properties["classification"]])).toEqual(
			names.map((name) => [name, { name, color: [1, 2, 3] }]),
		);
	});

	it("draws fewer vertices where it may", () => {
		const image = exportImageOf(makeLabelMap(2));
		expect(encodeGeoJson(kernels, image, { simplify: 2 }).length).toBeLessThan(encodeGeoJson(kernels, image).length);
	});

	it.each<[string, Partial<ExportImage>, string]>([
		["a pixel without a segment", { segments: [] }, "OPTION_INVALID"],
		["a map of another length", { labels: { ...SQUARE, width: 4 } }, "SHAPE_MISMATCH"],
		[
			"a georeference without area",
			{ georeference: { transform: [1, 2, 0, 2, 4, 0], crs: null } },
			"EXPORT_UNSUPPORTED",
		],
		[
			"a georeference without end",
			{ georeference: { transform: [1, 0, 0, 0, 1, Infinity], crs: null } },
			"EXPORT_UNSUPPORTED",
		],
		["a coordinate system without a code", { georeference: { ...UTM, crs: "Local grid" } }, "EXPORT_UNSUPPORTED"],
	])("refuses %s", (_, change, code) => {
		expect(errorOf(() => encodeGeoJson(kernels, { ...exportImageOf(SQUARE), ...change })).code).toBe(code);
	});

	it.each([{ transform: [1, 2, 0, 2, 4, 0], crs: null } as const, { ...UTM, crs: "Local grid" }])(
		"names the picture whose georeference is of no use",
		(georeference) => {
			const image = { ...exportImageOf(SQUARE), file: "sub/a.tif", georeference };
			expect(errorOf(() => encodeGeoJson(kernels, image)).message).toContain("sub/a.tif: ");
		},
	);
});
