import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../fixtures/errors.ts";
import { bandIndices, pickBands } from "./bands.ts";

const pictures = fc
	.uint8Array({ minLength: 0, maxLength: 60 })
	.map((data) => data.slice(0, data.length - (data.length % 3)));
const band = fc.integer({ min: 1, max: 3 });

describe("pickBands", () => {
	it("takes from every pixel the bands in their order", () => {
		fc.assert(
			fc.property(pictures, fc.tuple(band, band, band), (rgb, bands) => {
				const picked = pickBands(rgb, bands, "a.png");
				expect([...picked]).toEqual([...picked].map((_, i) => rgb[i - (i % 3) + bands[i % 3] - 1]));
			}),
		);
	});

	it("makes grey of one band", () => {
		fc.assert(
			fc.property(pictures, band, (rgb, only) => {
				expect(pickBands(rgb, [only], "a.png")).toEqual(pickBands(rgb, [only, only, only], "a.png"));
			}),
		);
	});

	it("leaves a picture alone for auto, and for its own order", () => {
		const rgb = Uint8Array.of(1, 2, 3, 4, 5, 6);
		expect(pickBands(rgb, "auto", "a.png")).toBe(rgb);
		expect(pickBands(rgb, [1, 2, 3], "a.png")).toEqual(rgb);
	});
});

describe("bandIndices", () => {
	it("counts from 0 what people count from 1", () => {
		expect(bandIndices([4, 3, 2], 12, "a.tif")).toEqual([3, 2, 1]);
		expect(bandIndices([1], 1, "a.tif")).toEqual([0]);
	});

	it("names the file, the band and how many there are", () => {
		const error = errorOf(() => bandIndices([4, 13, 2], 12, "a.tif"));
		expect(error).toMatchObject({ code: "OPTION_INVALID", details: { option: "bands", value: 13, bands: 12 } });
		expect(error.message).toBe(
			"a.tif: has 12 bands, and no band 13. Let bands name bands from 1 to 12, or leave it away.",
		);
		expect(errorOf(() => bandIndices([2], 1, "a.tif")).message).toContain("has 1 band, and no band 2");
	});
});
