import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BmpParts, encodeBmp } from "../../../fixtures/bmp.ts";
import { decodeImage } from "../dist/image/decode.js";
import { expectError } from "./support/expect-error.ts";

const decode = (bytes: Uint8Array, maxPixels = 1e6) =>
	decodeImage(bytes, { name: "old.bmp", maxPixels, stretch: "none" });
const pixelsOf = async (parts: BmpParts) => [...(await decode(encodeBmp(parts))).image.data];
const GREYS = Array.from({ length: 256 }, (_, i) => [i, i, i]);

type Colors = readonly (readonly (readonly number[])[])[];

/** Rows of red, green and blue as a BMP of 24 or 32 bits stores them. */
const stored = (rows: Colors, filler: readonly number[]) =>
	rows.map((row) => row.flatMap(([red, green, blue]) => [blue, green, red, ...filler]));

const pictures = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 7 })).chain(([width, height]) =>
	fc.array(fc.array(fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)), { minLength: width, maxLength: width }), {
		minLength: height,
		maxLength: height,
	}),
);

describe("a BMP", () => {
	it.each([24, 32])("of %i bits is the picture, from the bottom and from the top", async (bits) => {
		const filler = bits === 32 ? [0] : [];
		await fc.assert(
			fc.asyncProperty(pictures, fc.boolean(), async (rows, isTopDown) => {
				const [width, height] = [rows[0].length, rows.length];
				const ordered = stored(isTopDown ? rows : [...rows].reverse(), filler);
				const parts = { width, height: isTopDown ? -height : height, bits, rows: ordered };
				expect(await pixelsOf(parts)).toEqual(rows.flat(2));
			}),
		);
	});

	it.each([1, 4, 8])("of %i bits has the colours of its palette", async (bits) => {
		const indices = fc.array(fc.nat(2 ** bits - 1), { minLength: 1, maxLength: 20 });
		const palette = GREYS.slice(0, 2 ** bits).map(([i]) => [i, 255 - i, (7 * i) % 256]);
		const perByte = 8 / bits;
		await fc.assert(
			fc.asyncProperty(indices, async (row) => {
				const packed = Array.from({ length: Math.ceil(row.length / perByte) }, (_, byte) =>
					Array.from({ length: perByte }, (_, i) => row[byte * perByte + i] ?? 0).reduce(
						(sum, index) => (sum << bits) | index,
						0,
					),
				);
				const parts = { width: row.length, height: 1, bits, palette, rows: [packed] };
				expect(await pixelsOf(parts)).toEqual(row.flatMap((index) => palette[index]));
			}),
		);
	});

	it("of run lengths is read, and white where they leave pixels out", async () => {
		const eight = Uint8Array.of(4, 7, 0, 0, 0, 3, 1, 2, 3, 0, 1, 9, 0, 1);
		const rows = [1, 2, 3, 9, 7, 7, 7, 7].flatMap((grey) => [grey, grey, grey]);
		expect(await pixelsOf({ width: 4, height: 2, bits: 8, compression: 1, palette: GREYS, rows: eight })).toEqual(rows);
		const four = Uint8Array.of(3, 0x12, 0, 0, 2, 0x45, 0, 1);
		expect(
			await pixelsOf({ width: 3, height: 2, bits: 4, compression: 2, palette: GREYS.slice(0, 16), rows: four }),
		).toEqual([4, 4, 4, 5, 5, 5, 255, 255, 255, 1, 1, 1, 2, 2, 2, 1, 1, 1]);
	});

	it("has the colours that its masks say, and those of its other headers", async () => {
		const [red, green, blue] = [0xff, 0xff00, 0xff0000];
		const rows = [[1, 2, 3, 9, 4, 5, 6, 9]];
		expect(await pixelsOf({ width: 2, height: 1, bits: 32, compression: 3, masks: [red, green, blue], rows })).toEqual([
			1, 2, 3, 4, 5, 6,
		]);
		expect(await pixelsOf({ width: 2, height: 1, bits: 24, header: 12, rows: [[1, 2, 3, 4, 5, 6]] })).toEqual([
			3, 2, 1, 6, 5, 4,
		]);
		expect(await pixelsOf({ width: 2, height: 1, bits: 16, rows: [[0, 0x7c, 0x1f, 0]] })).toEqual([
			248, 0, 0, 0, 0, 248,
		]);
	});

	it("lies over white by its alpha, but for one that is 0 everywhere", async () => {
		const masks = [0xff0000, 0xff00, 0xff, 0xff000000];
		const withAlpha = (first: number, second: number) =>
			pixelsOf({
				width: 2,
				height: 1,
				bits: 32,
				compression: 3,
				header: 124,
				masks,
				rows: [[30, 20, 10, first, 60, 50, 40, second]],
			});
		expect(await withAlpha(255, 0)).toEqual([10, 20, 30, 255, 255, 255]);
		expect(await withAlpha(0, 0)).toEqual([10, 20, 30, 40, 50, 60]);
	});

	it("is looked at in the bands that are asked for, and stretched", async () => {
		const bytes = encodeBmp({ width: 2, height: 1, bits: 24, rows: [[10, 20, 30, 40, 50, 60]] });
		const options = { name: "old.bmp", maxPixels: 10, bands: [1], stretch: { black: 30, white: 60 } } as const;
		const { image, stretch, format } = await decodeImage(bytes, options);
		expect([...image.data]).toEqual([0, 0, 0, 255, 255, 255]);
		expect({ stretch, format }).toEqual({ stretch: { black: 30, white: 60 }, format: "bmp" });
	});
});

describe("a BMP that is none", () => {
	const whole = encodeBmp({ width: 40, height: 30, bits: 8, palette: GREYS, rows: new Uint8Array(1200).fill(9) });

	it("says how many pixels it has is believed before anything is decoded", async () => {
		const bomb = encodeBmp({ width: 60_000, height: -60_000, bits: 24, rows: new Uint8Array(10) });
		const error = await expectError(decode(bomb), "IMAGE_TOO_LARGE");
		expect(error.message).toContain("old.bmp: 60000 x 60000 = 3600000000 pixels");
		await expectError(decode(whole, 1199), "IMAGE_TOO_LARGE");
		expect((await decode(whole, 1200)).image.width).toBe(40);
	});

	it.each([0.01, 0.05, 0.5, 0.9])("is refused when only %f of it is there", async (share) => {
		const error = await expectError(decode(whole.subarray(0, Math.max(20, whole.length * share))), "IMAGE_CORRUPT");
		expect(error.message).toMatch(/^old\.bmp: this BMP is damaged or incomplete \(.+\)\. Copy/);
	});

	it("is refused with sides that cannot be, and for what it has inside", async () => {
		await expectError(decode(encodeBmp({ width: 0, height: 4, bits: 24, rows: [] })), "IMAGE_CORRUPT");
		await expectError(decode(encodeBmp({ width: -4, height: 4, bits: 24, rows: [] })), "IMAGE_CORRUPT");
		const jpeg = encodeBmp({ width: 4, height: 4, bits: 24, compression: 4, rows: [] });
		expect((await expectError(decode(jpeg), "IMAGE_UNSUPPORTED")).message).toContain("JPEG inside");
	});

	it("is refused or read, whatever bytes are changed, and harms no other", async () => {
		const lengths = encodeBmp({
			width: 16,
			height: 16,
			bits: 8,
			compression: 1,
			palette: GREYS,
			rows: Uint8Array.from({ length: 300 }, (_, i) => (i * 37) % 256),
		});
		const change = fc.tuple(fc.oneof(fc.nat(53), fc.nat(lengths.length - 1)), fc.nat(255));
		await fc.assert(
			fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
				const changed = Uint8Array.from(lengths);
				for (const [at, value] of changes) {
					changed[at] = value;
				}
				const decoded = await decode(changed, 10_000).catch((error) => {
					expect(error.code).toMatch(/^IMAGE_/);
				});
				if (decoded) {
					expect(decoded.image.data.length).toBe(3 * decoded.image.width * decoded.image.height);
				}
				expect((await decode(whole)).image.data[0]).toBe(9);
			}),
		);
	});
});
