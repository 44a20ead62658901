import { describe, expect, it } from "vitest";
import { DEFAULT_OPTIONS, formatOptions } from "../options/index.ts";
import { defaultSegmentName } from "./names/index.ts";
import {
	parseSegments,
	SEGMENTS_SCHEMA_ID,
	type SegmentsDocument,
	segmentsJsonSchema,
	serialiseSegments,
} from "./segments-json.ts";

const document: SegmentsDocument = {
	schema: SEGMENTS_SCHEMA_ID,
	dinoseg: "0.1.0",
	input: {
		path: "photos/cat.jpg",
		sha256: "a".repeat(64),
		width: 4,
		height: 3,
		pixelSize: { width: 0.5, height: 0.4, unit: "um" },
	},
	model: { name: "tiny", digest: "b".repeat(64), revision: null, dtype: "fp32" },
	options: {
		clusters: 2,
		segments: "clusters",
		detail: 50,
		inputSize: "644x448",
		median: 0,
		pca: "off",
		denoise: 0,
		whiten: 0,
		position: 0,
		smooth: "median:15",
		minArea: "0.1%",
		facet: "token",
		layer: "-4,-1",
		stride: 7,
		positionGrid: "official",
		repair: true,
		debias: false,
		metric: "euclidean",
		init: "k-means++",
		restarts: 10,
		seed: 0,
		stretch: "1,99",
		pixelSize: "0.5x0.4um",
		bands: "auto",
		nodata: "auto",
		page: 3,
		maxPixels: 100_000_000,
	},
	tokens: { rows: 2, cols: 3, dim: 8, highNorm: { count: 1, threshold: 50.5, at: [[1, 2]] } },
	k: { requested: 2, used: 2, criterion: null, curve: null },
	sweep: "2..12",
	codebook: { digest: "c".repeat(64), clusters: 8, unlike: 0.25, steady: true },
	edited: true,
	pca: { components: 2, explainedVariance: [3, 1], explainedVarianceRatio: [0.75, 0.25] },
	segments: [
		{
			id: 0,
			name: defaultSegmentName(0),
			color: "#e69f00",
			pixels: 12,
			share: 1,
			area: 2.4,
			bbox: [0, 0, 4, 3],
			centroid: [2, 1.5],
			meanColor: "#102030",
			rle: { size: [3, 4], counts: "0<" },
		},
	],
	warnings: [{ code: "FEWER_SEGMENTS", message: "fewer" }],
};

function placed(transform: number[], crs: string | null = null, geoKeys?: object): object {
	return { input: { ...document.input, georeference: { transform, crs, geoKeys } } };
}

function refused(change: object): void {
	expect(() => serialiseSegments({ ...document, ...change } as SegmentsDocument)).toThrowError(
		expect.objectContaining({ code: "OPTION_INVALID" }),
	);
}

describe("serialiseSegments", () => {
	it("keeps everything", () => {
		expect(JSON.parse(serialiseSegments(document))).toEqual(document);
	});

	it("writes the keys in the schema's order whatever order they come in", () => {
		const shuffled = Object.fromEntries(Object.entries(document).reverse()) as SegmentsDocument;
		expect(serialiseSegments(shuffled)).toBe(serialiseSegments(document));
		expect(Object.keys(JSON.parse(serialiseSegments(shuffled)))).toEqual(
			Object.keys(segmentsJsonSchema()["properties"] as object),
		);
	});

	it("is readable: tabs, plain lists on one line, newline at the end", () => {
		const text = serialiseSegments(document);
		expect(text).toContain('\n\t\t\t"bbox": [0, 0, 4, 3],\n');
		expect(text.endsWith("}\n")).toBe(true);
		expect(text.split("\n")[1]).toBe(`\t"schema": "${SEGMENTS_SCHEMA_ID}",`);
	});

	it("demands every option and no other", () => {
		for (const key of Object.keys(document.options)) {
			const { [key as "seed"]: _, ...options } = document.options;
			refused({ options });
		}
		refused({ options: { ...document.options, views: "single" } });
	});

	it("takes a place on the map, and needs none", () => {
		const geoKeys = { directory: [1, 1, 0, 1, 3072, 34737, 2, 0], doubles: [-0.1], text: "a\u0000" };
		for (const [crs, keys] of [
			["EPSG:32633", {}],
			[null, { geoKeys }],
		] as const) {
			const georeference = { transform: [0.5, 0, 4e5, 0, -0.5, 5e6] as const, crs, ...keys };
			const placed = { ...document, input: { ...document.input, georeference } };
			expect(JSON.parse(serialiseSegments(placed))).toEqual(placed);
			expect(parseSegments(serialiseSegments(placed))).toEqual(placed);
		}
		expect(serialiseSegments(document)).not.toContain("georeference");
	});

	it("takes a chosen number of clusters with its curve", () => {
		for (const requested of ["auto", "2..3"]) {
			const options = { ...document.options, clusters: requested };
			const curve = [
				{ clusters: 2, value: 0.4 },
				{ clusters: 3, value: 0.01 },
			];
			const k = { requested, used: 2, criterion: "separation" as const, curve };
			const text = serialiseSegments({ ...document, options, k });
			expect(JSON.parse(text).k).toEqual(k);
		}
	});

	it("takes the options as formatOptions writes them, no sweep and no PCA", () => {
		const options = formatOptions(DEFAULT_OPTIONS) as SegmentsDocument["options"];
		const text = serialiseSegments({ ...document, options, sweep: null, pca: null });
		expect(JSON.parse(text).options).toEqual(options);
	});

	it.each([
		["an absolute path", { input: { ...document.input, path: "/home/me/cat.jpg" } }],
		["a path with a drive", { input: { ...document.input, path: "C:\\cat.jpg" } }],
		["a place of five numbers", placed([1, 0, 0, 0, 1])],
		["a place that is no number", placed([1, 0, Number.NaN, 0, 1, 0])],
		["a coordinate system without authority", placed([1, 0, 0, 0, 1, 0], "32633")],
		["a key that is no 16-bit number", placed([1, 0, 0, 0, 1, 0], null, { directory: [65536], doubles: [], text: "" })],
		["another version", { schema: "dinoseg/segments/1" }],
		["a range in another notation", { k: { ...document.k, requested: "3-20" } }],
		["a sweep of one number", { sweep: 3 }],
		["a criterion that is not there", { k: { ...document.k, criterion: "aic" } }],
		["a detail above the finest", { options: { ...document.options, detail: 101 } }],
		["an unknown key", { time: "now" }],
		["no segments", { segments: [] }],
		["a colour in another notation", { segments: [{ ...document.segments[0], color: "#FFF" }] }],
	])("refuses %s", (_, change) => {
		refused(change);
	});

	it("names the field that is wrong", () => {
		expect(() => serialiseSegments({ ...document, k: { ...document.k, used: 0 } })).toThrowError(/k\.used/);
	});
});

describe("segmentsJsonSchema", () => {
	it("demands every key of the document but that of edits, and no other", () => {
		const schema = segmentsJsonSchema();
		const { edited: _, ...others } = document;
		expect(schema["required"]).toEqual(Object.keys(others));
		expect(schema["additionalProperties"]).toBe(false);
		expect(schema["title"]).toBe(SEGMENTS_SCHEMA_ID);
	});
});
