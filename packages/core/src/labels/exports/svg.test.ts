import { describe, expect, it } from "vitest";
import { drawRings } from "../../../../../fixtures/draw-rings.ts";
import { errorOf } from "../../../../../fixtures/errors.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { exportImageOf, makeLabelMap, PROVED_MAP_COUNT } from "../../../../../fixtures/label-maps.ts";
import { forEachSeed } from "../../../../../fixtures/seeds.ts";
import { createXmlParser } from "../../../../../fixtures/xml-parser.ts";
import type { LabelMap } from "../label-map.ts";
import { labelRegions } from "../label-regions.ts";
import { colorToHex } from "../palette.ts";
import type { ExportImage } from "./export-image.ts";
import type { PolygonExportOptions } from "./polygon-features.ts";
import { encodeSvg } from "./svg.ts";

interface Path {
	readonly id: string;
	readonly d: string;
	readonly fill: string;
	readonly title: string;
	readonly "data-id": string;
	readonly "data-pixels": string;
	readonly "inkscape:label": string;
}

interface Picture {
	readonly width: string;
	readonly height: string;
	readonly viewBox: string;
	readonly path: readonly Path[];
}

const SQUARE: LabelMap = { data: Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0), width: 3, height: 3, count: 2 };

const parser = createXmlParser({ isArray: (name) => name === "path" });

const read = (image: ExportImage, options?: PolygonExportOptions) =>
	parser.parse(encodeSvg(kernels, image, options)).svg as Picture;

/** The rings of a path that has the commands M, h, v, l and z. */
function parsePath(d: string): number[][] {
	return d
		.split("z")
		.slice(0, -1)
		.map((ring) => {
			let [x, y] = [0, 0];
			return [...ring.matchAll(/([Mhvl])([^Mhvl]+)/g)].flatMap(([, command, text]) => {
				const [first, second = 0] = (text.match(/-?\d+/g) as string[]).map(Number);
				[x, y] =
					command === "M"
						? [first, second]
						: [x + (command === "v" ? 0 : first), y + (command === "v" ? first : second)];
				return [x, y];
			});
		});
}

describe("encodeSvg", () => {
	it("fills the pixels of each segment with its colour", () => {
		forEachSeed(PROVED_MAP_COUNT, (index) => {
			const labels = makeLabelMap(index);
			const image = exportImageOf(labels);
			const { path } = read(image);
			const drawn = new Int32Array(labels.data.length).fill(-1);
			for (const entry of path) {
				drawRings(drawn, labels.width, parsePath(entry.d), Number(entry["data-id"]));
			}
			expect(drawn.join(), `map ${index}`).toBe(labels.data.join());
			expect(
				path.map(({ id, fill, title }) => [id, fill, title]),
				`map ${index}`,
			).toEqual(image.segments.map(({ id, name, color }) => [`segment-${id}`, colorToHex(color), name]));
		});
	});

	it("gives one path for each region where regions are split", () => {
		forEachSeed(PROVED_MAP_COUNT, (index) => {
			const labels = makeLabelMap(index);
			const { path } = read(exportImageOf(labels), { splitRegions: true });
			const { data, segments } = labelRegions(kernels, labels);
			const drawn = new Int32Array(data.length).fill(-1);
			for (const [region, entry] of path.entries()) {
				drawRings(drawn, labels.width, parsePath(entry.d), region);
			}
			expect(drawn.join(), `map ${index}`).toBe(data.join());
			expect(
				path.map((entry) => [entry.id, Number(entry["data-id"])]),
				`map ${index}`,
			).toEqual(Array.from(segments, (segment, region) => [`segment-${segment}-${region}`, segment]));
		});
	});

	it("looks like this", () => {
		expect(encodeSvg(kernels, exportImageOf(SQUARE))).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" width="3" height="3" viewBox="0 0 3 3">
<path id="segment-0" data-id="0" data-pixels="8" inkscape:label="segment-0" fill="#e69f00" fill-rule="evenodd" shape-rendering="crispEdges" d="M0 0h3v3h-3zM1 1v1h1v-1z"><title>segment-0</title></path>
<path id="segment-1" data-id="1" data-pixels="1" inkscape:label="segment-1" fill="#56b4e9" fill-rule="evenodd" shape-rendering="crispEdges" d="M1 1h1v1h-1z"><title>segment-1</title></path>
</svg>
`);
	});

	it("draws fewer vertices where it may", () => {
		const data = Uint8Array.from({ length: 36 }, (_, pixel) => (pixel % 6 < Math.floor(pixel / 6) ? 1 : 0));
		const { path } = read(exportImageOf({ data, width: 6, height: 6, count: 2 }), { simplify: 2 });
		expect(path.map(({ d }) => d)).toEqual(["M0 0h6v6h-1l-5-5z", "M0 1l5 5h-5z"]);
	});

	it("keeps any name that XML can hold", () => {
		const names = [`<b>&amp; "x"\n`, "__proto__ 🌲\r"];
		const segments = names.map((name, id) => ({ id, name, color: [1, 2, 3] as const }));
		const { path } = read({ ...exportImageOf(SQUARE), segments });
		expect(path.map(({ title }) => title)).toEqual(names);
		expect(path.map((entry) => entry["inkscape:label"])).toEqual(names);
		expect(path.map(({ id }) => id)).toEqual(["b-amp-x", "__proto__"]);
	});

	it.each<[string, Partial<ExportImage>, string]>([
		["a pixel without a segment", { segments: [] }, "OPTION_INVALID"],
		["a map of another length", { labels: { ...SQUARE, width: 4 } }, "SHAPE_MISMATCH"],
		[
			"a name that XML cannot hold",
			{
				segments: [
					{ id: 0, name: "\u0007", color: [0, 0, 1] },
					{ id: 1, name: "b", color: [1, 0, 0] },
				],
			},
			"OPTION_INVALID",
		],
	])("refuses %s", (_, change, code) => {
		expect(errorOf(() => encodeSvg(kernels, { ...exportImageOf(SQUARE), ...change })).code).toBe(code);
	});
});
