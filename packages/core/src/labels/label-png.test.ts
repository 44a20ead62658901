import fc from "fast-check";
import { decode, encode } from "fast-png";
import { describe, expect, it } from "vitest";
import { decodeLabelPng, encodeLabelPng, labelPngColors } from "./label-png.ts";
import { segmentColor } from "./palette.ts";

const labelMaps = fc
	.record({
		width: fc.integer({ min: 1, max: 20 }),
		height: fc.integer({ min: 1, max: 20 }),
		count: fc.oneof(fc.integer({ min: 1, max: 256 }), fc.integer({ min: 257, max: 1024 })),
	})
	.chain(({ width, height, count }) => {
		const length = { minLength: width * height, maxLength: width * height, max: count - 1 };
		const data = count <= 256 ? fc.uint8Array(length) : fc.uint16Array(length);
		return data.map((ids) => ({ data: ids, width, height, count }));
	});

describe("encodeLabelPng", () => {
	it("keeps every id", () => {
		fc.assert(
			fc.property(labelMaps, (labels) => {
				const decoded = decodeLabelPng(encodeLabelPng(labels));
				expect(decoded.data).toEqual(labels.data);
				expect([decoded.width, decoded.height]).toEqual([labels.width, labels.height]);
			}),
		);
	});

	it("writes one palette entry per segment up to 256", () => {
		const labels = { data: Uint8Array.of(0, 255), width: 2, height: 1, count: 256 };
		const file = encodeLabelPng(labels);
		const { palette, channels, depth } = decode(file);
		expect([channels, depth, palette?.length]).toEqual([1, 8, 256]);
		expect(palette?.[255]).toEqual([...segmentColor(255)]);
		expect(decodeLabelPng(file).count).toBe(256);
	});

	it("writes 16-bit grey above", () => {
		const labels = { data: Uint16Array.of(0, 256), width: 2, height: 1, count: 257 };
		const file = encodeLabelPng(labels);
		const { palette, channels, depth } = decode(file);
		expect([channels, depth, palette]).toEqual([1, 16, undefined]);
		expect(decodeLabelPng(file)).toEqual(labels);
	});

	it("takes the narrower or wider array", () => {
		const narrow = { data: Uint16Array.of(0, 1), width: 2, height: 1, count: 2 };
		expect(decodeLabelPng(encodeLabelPng(narrow)).data).toEqual(Uint8Array.of(0, 1));
		const wide = { data: Uint8Array.of(0, 1), width: 2, height: 1, count: 300 };
		expect(decodeLabelPng(encodeLabelPng(wide)).data).toEqual(Uint16Array.of(0, 1));
	});

	it("uses the palette that it is given", () => {
		const labels = { data: Uint8Array.of(0), width: 1, height: 1, count: 1 };
		expect(decode(encodeLabelPng(labels, [[1, 2, 3]])).palette).toEqual([[1, 2, 3]]);
	});

	it("refuses a wrong length", () => {
		expect(() => encodeLabelPng({ data: new Uint8Array(3), width: 2, height: 2, count: 1 })).toThrowError(
			expect.objectContaining({ code: "SHAPE_MISMATCH" }),
		);
	});
});

describe("decodeLabelPng", () => {
	it("refuses bytes that are no intact PNG", () => {
		const file = encodeLabelPng({ data: new Uint8Array(4), width: 2, height: 2, count: 1 });
		for (const bytes of [new Uint8Array(0), Uint8Array.of(1, 2, 3), file.subarray(0, 40)]) {
			expect(() => decodeLabelPng(bytes)).toThrowError(expect.objectContaining({ code: "IMAGE_CORRUPT" }));
		}
	});

	it("refuses a colour PNG", () => {
		const file = encode({ data: new Uint8Array(3), width: 1, height: 1, channels: 3, depth: 8 });
		expect(() => decodeLabelPng(file)).toThrowError(
			expect.objectContaining({ code: "IMAGE_UNSUPPORTED", message: expect.stringContaining("3 channel(s)") }),
		);
	});

	it("reads the labels of 8-bit and 16-bit grey, which has no palette", () => {
		for (const data of [Uint8Array.of(0, 11, 255, 7), Uint16Array.of(0, 11, 40_000, 7)]) {
			const depth = data instanceof Uint8Array ? 8 : 16;
			const file = encode({ data, width: 2, height: 2, channels: 1, depth });
			expect(decodeLabelPng(file)).toEqual({ data, width: 2, height: 2, count: Math.max(...data) + 1 });
		}
	});

	it("reads the index of an indexed PNG, also one beyond its palette", () => {
		const palette = [
			[9, 9, 9],
			[9, 9, 9],
		] as [number, number, number][];
		const data = Uint8Array.of(1, 5);
		const file = encode({ data, width: 2, height: 1, channels: 1, depth: 8, palette });
		expect(decodeLabelPng(file)).toEqual({ data, width: 2, height: 1, count: 6 });
	});

	it("names the file in its messages", () => {
		expect(() => decodeLabelPng(new Uint8Array(30), { name: "a/truth.png" })).toThrow(/^a\/truth\.png: expected/);
	});

	it("refuses more pixels than allowed by the header alone", () => {
		const file = encodeLabelPng({ data: new Uint8Array(6), width: 3, height: 2, count: 1 });
		expect(decodeLabelPng(file, { maxPixels: 6 })).toMatchObject({ width: 3, height: 2 });
		const cut = file.subarray(0, 30);
		expect(() => decodeLabelPng(cut, { maxPixels: 5 })).toThrowError(
			expect.objectContaining({ code: "IMAGE_TOO_LARGE", details: { pixels: 6, max: 5 } }),
		);
		expect(() => decodeLabelPng(Uint8Array.of(1, 2), { maxPixels: 5 })).toThrowError(
			expect.objectContaining({ code: "IMAGE_CORRUPT" }),
		);
	});
});

describe("labelPngColors", () => {
	it("are those of the palette, black for the background", () => {
		const labels = { data: Uint8Array.of(0, 1, 2, 1), width: 2, height: 2, count: 3, background: 2 };
		expect(labelPngColors(encodeLabelPng(labels))).toEqual([segmentColor(0), segmentColor(1), [0, 0, 0]]);
	});

	it("are none of a grey one, nor of what is cut off", () => {
		const grey = encode({ width: 2, height: 1, data: Uint8Array.of(3, 4), channels: 1, depth: 8 });
		expect(labelPngColors(grey)).toBeUndefined();
		expect(labelPngColors(grey.subarray(0, 20))).toBeUndefined();
		expect(labelPngColors(new Uint8Array())).toBeUndefined();
	});
});
