import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../fixtures/errors.ts";
import { fillNoData, validPixels } from "./no-data.ts";

describe("validPixels", () => {
	it("are those of which some band that is looked at has another value", () => {
		const samples = Uint8Array.of(0, 0, 5, 0, 7, 0, 0, 0, 0);
		expect(validPixels(samples, 3, [0, 1, 2], 0)).toEqual(Uint8Array.of(1, 1, 0));
		expect(validPixels(samples, 3, [1], 0)).toEqual(Uint8Array.of(0, 1, 0));
		expect(validPixels(samples, 3, [0, 1, 2], 7)).toBeUndefined();
		expect(validPixels(samples, 3, [0, 1, 2], undefined)).toBeUndefined();
		expect(validPixels(Uint16Array.of(65535, 1), 1, [0], 65535)).toEqual(Uint8Array.of(0, 1));
	});

	it("compare floats as they are stored, and know NaN without being told", () => {
		const lowest = -3.4028234663852886e38;
		expect(validPixels(Float32Array.of(lowest, 0.1, Number.NaN), 1, [0], lowest)).toEqual(Uint8Array.of(0, 1, 0));
		expect(validPixels(Float32Array.of(0.1, 0.2), 1, [0], 0.1)).toEqual(Uint8Array.of(0, 1));
		expect(validPixels(Float32Array.of(Number.NaN, 1), 1, [0], undefined)).toEqual(Uint8Array.of(0, 1));
		expect(validPixels(Float32Array.of(Number.NaN, 1, Number.NaN, Number.NaN), 2, [0, 1], undefined)).toEqual(
			Uint8Array.of(1, 0),
		);
		expect(validPixels(Float32Array.of(Infinity, 1), 1, [0], undefined)).toBeUndefined();
	});
});

describe("fillNoData", () => {
	it("gives the mean colour of what has data", () => {
		const image = { data: Uint8Array.of(10, 20, 30, 0, 0, 0, 13, 21, 30), width: 3, height: 1 };
		fillNoData(image, Uint8Array.of(1, 0, 1), "scene.tif");
		expect(image.data).toEqual(Uint8Array.of(10, 20, 30, 12, 21, 30, 13, 21, 30));
	});

	it("refuses a picture without any data", () => {
		const image = { data: new Uint8Array(6), width: 2, height: 1 };
		const error = errorOf(() => fillNoData(image, new Uint8Array(2), "scene.tif"));
		expect(error.code).toBe("IMAGE_UNSUPPORTED");
		expect(error.message).toMatch(/^scene\.tif: no pixel has data: .* Let nodata name another value, or be none\.$/);
	});
});
