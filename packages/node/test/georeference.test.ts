import { createRandom } from "@dinoseg/core";
import { type Georeference, toMap } from "@dinoseg/core/labels";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { below, changeBytes, pick } from "../../../fixtures/fuzz.ts";
import { forEachSeedInTurn } from "../../../fixtures/seeds.ts";
import {
	ASCII,
	DOUBLE,
	encodeTiff,
	LONG,
	RATIONAL,
	SHORT,
	type TiffOptions,
	type TiffTag,
} from "../../../fixtures/tiff.ts";
import { decodeImage } from "../dist/image/decode.js";
import { readGeoreference } from "../dist/image/read-georeference.js";
import { tiffPages } from "../dist/image/tiff-pages.js";
import { pixelAt } from "./support/make-image.ts";

const WIDTH = 5;
const HEIGHT = 3;
const RUNS = Number(process.env["DINOSEG_FUZZ_RUNS"] ?? 600);

const [SCALE, TIEPOINT, MATRIX, KEYS, DOUBLE_KEYS, ASCII_KEYS] = [33550, 33922, 34264, 34735, 34736, 34737];
const doubles = (tag: number, ...values: number[]): TiffTag => ({ tag, type: DOUBLE, values });
/** Geo keys whose values lie in the directory. */
const keys = (values: Readonly<Record<number, number>>): TiffTag => {
	const entries = Object.entries(values);
	return {
		tag: KEYS,
		type: SHORT,
		values: [1, 1, 0, entries.length, ...entries.flatMap(([key, value]) => [Number(key), 0, 1, value])],
	};
};
const [MODEL, RASTER, GEOGRAPHIC, PROJECTED, LINEAR_UNIT] = [1024, 1025, 2048, 3072, 3076];
/** 300 dots per inch. */
const SCANNED: readonly TiffTag[] = [282, 283].map((tag) => ({ tag, type: RATIONAL, values: [300] }));
const orientation = (value: number): TiffTag => ({ tag: 274, type: SHORT, values: [value] });
/** A pixel of 2 x 0.5 units, corner at 100, 200. */
const PLACED = [doubles(SCALE, 2, 0.5, 0), doubles(TIEPOINT, 0, 0, 0, 100, 200, 0)];
const PLACE = [2, 0, 100, 0, -0.5, 200];

/** All pixels differ. */
const data = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, pixel) => pixel * 10);

function tiffWith(tags: readonly TiffTag[], options?: TiffOptions): Uint8Array {
	return encodeTiff([{ width: WIDTH, height: HEIGHT, channels: 1, data, tags }], options);
}

async function decode(bytes: Uint8Array) {
	return decodeImage(bytes, { name: "map.tif", maxPixels: 1000 });
}

async function placeOf(tags: readonly TiffTag[], options?: TiffOptions): Promise<Georeference | undefined> {
	const { georeference, warnings } = await decode(tiffWith(tags, options));
	expect(warnings).toEqual([]);
	return georeference;
}

describe("a place on the map", () => {
	it.each<TiffOptions>([{}, { bigEndian: true }, { big: true }, { big: true, bigEndian: true }])(
		"is read from a scale and a tie point of a TIFF, %o",
		async (options) => {
			const tags = [...PLACED, keys({ [MODEL]: 1, [RASTER]: 1, [PROJECTED]: 32633 })];
			const directory = [1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 32633];
			const geoKeys = { directory, doubles: [], text: "" };
			expect(await placeOf(tags, options)).toEqual({ transform: PLACE, crs: "EPSG:32633", geoKeys });
		},
	);

	it("is read from any tie point, as from the one at the corner", async () => {
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 }), async (column, row) => {
				const tiepoint = doubles(TIEPOINT, column, row, 0, 100 + 2 * column, 200 - 0.5 * row, 0);
				expect((await placeOf([PLACED[0], tiepoint]))?.transform).toEqual(PLACE);
			}),
			{ numRuns: 20 },
		);
	});

	it("is read from a transformation, which may turn", async () => {
		const matrix = doubles(MATRIX, 1, 2, 0, 3, 4, 5, 0, 6, 0, 0, 0, 0, 0, 0, 0, 1);
		expect((await placeOf([matrix]))?.transform).toEqual([1, 2, 3, 4, 5, 6]);
	});

	it("takes a pixel that is a point for its centre", async () => {
		const isPoint = keys({ [RASTER]: 2 });
		expect((await placeOf([...PLACED, isPoint]))?.transform).toEqual([2, 0, 99, 0, -0.5, 200.25]);
		const matrix = doubles(MATRIX, 1, 2, 0, 3, 4, 5, 0, 6, 0, 0, 0, 0, 0, 0, 0, 1);
		expect((await placeOf([matrix, isPoint]))?.transform).toEqual([1, 2, 1.5, 4, 5, 1.5]);
	});

	it.each([
		["projected", { [MODEL]: 1, [PROJECTED]: 3857, [GEOGRAPHIC]: 4326 }, "EPSG:3857"],
		["projected, without its model", { [PROJECTED]: 3857 }, "EPSG:3857"],
		["geographic", { [MODEL]: 2, [GEOGRAPHIC]: 4326 }, "EPSG:4326"],
		["projected in the user's own way", { [MODEL]: 1, [PROJECTED]: 32767, [GEOGRAPHIC]: 4326 }, null],
		["projected in a way that only its parameters tell", { [MODEL]: 1, [GEOGRAPHIC]: 4326 }, null],
		["geographic of the user's own", { [MODEL]: 2, [GEOGRAPHIC]: 32767 }, null],
		["undefined", { [PROJECTED]: 0 }, null],
		["not named", { [MODEL]: 1 }, null],
	])("has the coordinate system that is %s", async (_, values, crs) => {
		expect(await placeOf([...PLACED, keys(values)])).toMatchObject({ transform: PLACE, crs });
	});

	it.each<TiffOptions>([{}, { bigEndian: true }, { big: true }])("keeps the keys as they are, %o", async (options) => {
		const numbers = [0.25, -1e300];
		const text = [..."Ä mine|"].map((character) => character.charCodeAt(0));
		const directory = [1, 1, 0, 2, 1026, ASCII_KEYS, 7, 0, 3088, DOUBLE_KEYS, 2, 0];
		const tags = [
			{ tag: KEYS, type: SHORT, values: directory },
			doubles(DOUBLE_KEYS, ...numbers),
			{ tag: ASCII_KEYS, type: ASCII, values: text },
		];
		const place = await placeOf([...PLACED, ...tags], options);
		expect(place?.geoKeys).toEqual({ directory, doubles: numbers, text: "Ä mine|" });
		const short = { tag: ASCII_KEYS, type: ASCII, values: text.slice(0, 3) };
		expect((await placeOf([...PLACED, tags[0], tags[1], short], options))?.geoKeys?.text).toBe("Ä m");
	});

	it("keeps no keys where there are none, and none with numbers that JSON cannot hold", async () => {
		expect((await placeOf(PLACED))?.geoKeys).toBeUndefined();
		const tags = [keys({ [PROJECTED]: 3857 }), doubles(DOUBLE_KEYS, 1, Number.NaN)];
		expect(await placeOf([...PLACED, ...tags])).toEqual({ transform: PLACE, crs: "EPSG:3857" });
	});

	it.each([1, 2, 3, 4, 5, 6, 7, 8])("turns with the picture, orientation %i", async (turned) => {
		const stored = await decode(tiffWith(PLACED));
		const upright = await decode(tiffWith([...PLACED, orientation(turned)]));
		const positionsOf = ({ image, georeference }: typeof stored) => {
			const positions = new Map<number, readonly number[]>();
			for (let y = 0; y < image.height; y++) {
				for (let x = 0; x < image.width; x++) {
					positions.set(pixelAt(image, x, y)[0], toMap(georeference as Georeference, x + 0.5, y + 0.5));
				}
			}
			return positions;
		};
		expect(upright.image.width).toBe(turned >= 5 ? HEIGHT : WIDTH);
		expect(positionsOf(upright)).toEqual(positionsOf(stored));
		expect(upright.georeference?.transform.some((value) => Object.is(value, -0))).toBe(false);
	});

	it("is that of the first picture", async () => {
		const page = { width: WIDTH, height: HEIGHT, channels: 1, data } as const;
		const { georeference } = await decode(encodeTiff([page, { ...page, tags: PLACED }]));
		expect(georeference).toBeUndefined();
	});

	it.each([
		["metres", 9001, 1],
		["feet", 9002, 0.3048],
		["feet of United States surveys", 9003, 1200 / 3937],
	])("tells the size of a pixel in %s", async (_, unit, metres) => {
		const projected = keys({ [MODEL]: 1, [PROJECTED]: 32633, [LINEAR_UNIT]: unit });
		const { pixelSize } = await decode(tiffWith([...PLACED, projected, ...SCANNED]));
		expect(pixelSize).toEqual({ width: 2 * metres, height: 0.5 * metres, unit: "m" });
		const turned = await decode(tiffWith([...PLACED, projected, orientation(6)]));
		expect(turned.pixelSize).toEqual({ width: 0.5 * metres, height: 2 * metres, unit: "m" });
	});

	it("tells the area of a pixel that the map shears", async () => {
		const matrix = doubles(MATRIX, 3, 2, 0, 3, 4, 5, 0, 6, 0, 0, 0, 0, 0, 0, 0, 1);
		const projected = keys({ [MODEL]: 1, [PROJECTED]: 32633, [LINEAR_UNIT]: 9001 });
		const { pixelSize } = await decode(tiffWith([matrix, projected]));
		expect(pixelSize?.width).toBe(5);
		expect(5 * (pixelSize?.height ?? 0)).toBeCloseTo(3 * 5 - 2 * 4, 12);
	});

	it.each([
		["in degrees", { [MODEL]: 2, [GEOGRAPHIC]: 4326 }],
		["on a map whose areas are not true", { [MODEL]: 1, [PROJECTED]: 3857, [LINEAR_UNIT]: 9001 }],
		["in a unit that it does not name", { [MODEL]: 1, [PROJECTED]: 2263 }],
		["in chains", { [MODEL]: 1, [PROJECTED]: 32633, [LINEAR_UNIT]: 9035 }],
	])("tells no size of a pixel %s", async (_, values) => {
		expect(await decode(tiffWith([...PLACED, keys(values), ...SCANNED]))).not.toHaveProperty("pixelSize");
	});

	it("is not there without tags for it", async () => {
		expect(await decode(tiffWith([]))).not.toHaveProperty("georeference");
		expect(await decode(tiffWith([keys({ [PROJECTED]: 32633 })]))).not.toHaveProperty("georeference");
	});
});

describe("tags that cannot be used", () => {
	it.each<[string, readonly TiffTag[]]>([
		["a scale alone", [PLACED[0]]],
		["a tie point alone", [PLACED[1]]],
		["ground control points", [doubles(TIEPOINT, 0, 0, 0, 1, 1, 0, 5, 0, 0, 9, 1, 0, 0, 3, 0, 1, 9, 0)]],
		["a scale of 0", [doubles(SCALE, 0, 0, 0), PLACED[1]]],
		["a scale of another type", [{ tag: SCALE, type: SHORT, values: [2, 2, 0] }, PLACED[1]]],
		["a scale that is no number", [doubles(SCALE, Number.NaN, 1, 0), PLACED[1]]],
		["a place that is no number", [PLACED[0], doubles(TIEPOINT, 0, 0, 0, Number.POSITIVE_INFINITY, 0, 0)]],
		["a short tie point", [PLACED[0], doubles(TIEPOINT, 0, 0, 0, 1, 2)]],
		["a transformation onto a line", [doubles(MATRIX, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)]],
		["a scale beyond the file", [{ ...doubles(SCALE, 1, 1, 0), offset: 2 ** 31 }, PLACED[1]]],
		["a scale of too many values", [{ ...doubles(SCALE, 1, 1, 0), count: 2 ** 32 - 1 }, PLACED[1]]],
		[
			"a list of keys that lacks texts",
			[...PLACED, { tag: KEYS, type: SHORT, values: [1, 1, 0, 1, 1026, ASCII_KEYS, 7, 0] }],
		],
	])("give a warning and no place: %s", async (_, tags) => {
		const { image, georeference, warnings } = await decode(tiffWith(tags));
		expect(image).toMatchObject({ width: WIDTH, height: HEIGHT });
		expect(georeference).toBeUndefined();
		expect(warnings).toEqual([
			{ code: "GEOREFERENCE_UNUSABLE", message: expect.stringMatching(/cannot be used \(.+\)\. Write them anew/) },
		]);
	});

	it("never crash, hang or give what is no place, however damaged", { timeout: 60_000 + 50 * RUNS }, async () => {
		const picture = { orientation: 1, width: WIDTH, height: HEIGHT };
		const counts = [0, 1, 2, 3, 5, 6, 15, 16, 17, 65_535, 2 ** 20, 2 ** 31, 2 ** 32 - 1];
		const numbers = [0, -0, 1, -1, 1e-308, 1e308, Number.NaN, Number.POSITIVE_INFINITY, 32_767, 65_535];
		let places = 0;
		const areAll = await forEachSeedInTurn(RUNS, async (run) => {
			const random = createRandom(run);
			const damage = ({ tag, type, values }: TiffTag): TiffTag => ({
				tag: pick(random, [tag, tag, tag, SCALE, TIEPOINT, MATRIX, KEYS, ASCII_KEYS]),
				type: pick(random, [type, type, type, SHORT, LONG, DOUBLE]),
				values: values.map((value) => (below(random, 8) === 0 ? pick(random, numbers) : value)),
				...(below(random, 4) === 0 ? { count: pick(random, counts) } : {}),
				...(below(random, 8) === 0 ? { offset: below(random, 400) } : {}),
			});
			const tags = [
				...PLACED,
				keys({ [RASTER]: 2, [PROJECTED]: 32633 }),
				...(run % 3 === 0 ? [] : [doubles(MATRIX, ...data, 1)]),
			];
			const damaged = tiffWith(
				tags.map((tag) => (below(random, 3) === 0 ? damage(tag) : tag)),
				{ big: run % 2 === 0, bigEndian: run % 5 === 0 },
			);
			const bytes = below(random, 4) > 0 ? damaged : changeBytes(damaged, random);
			const { georeference, warnings } = await readGeoreference(bytes, {
				...picture,
				directory: tiffPages(bytes)[0].directory,
			});
			expect(warnings.map(({ code }) => code)).toEqual(
				georeference === undefined && warnings.length > 0 ? ["GEOREFERENCE_UNUSABLE"] : [],
			);
			if (georeference) {
				places++;
				expect(georeference.transform.every(Number.isFinite)).toBe(true);
				expect(georeference.crs ?? "EPSG:1").toMatch(/^EPSG:\d+$/);
			}
		});
		if (areAll) {
			expect(places).toBeGreaterThan(RUNS / 20);
		}
	});
});
