import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { narrowTo8Bits, stretchContrast } from "./stretch.ts";

describe("stretchContrast", () => {
	it("maps the percentiles to black and white, as numpy interpolates them", () => {
		// numpy.percentile([10, 20, 30, 40], [10, 90]) = [13, 37]
		const stretched = stretchContrast(Uint8Array.of(30, 10, 40, 20), { low: 10, high: 90 });
		expect([...stretched]).toEqual([Math.round((255 * 17) / 24), 0, 255, Math.round((255 * 7) / 24)]);
	});

	it("uses the whole range at 0,100", () => {
		expect([...stretchContrast(Uint16Array.of(1000, 1255, 1100), { low: 0, high: 100 })]).toEqual([0, 255, 100]);
	});

	it("keeps a flat picture, and one whose percentiles coincide", () => {
		expect([...stretchContrast(Uint8Array.of(9, 9, 9), { low: 1, high: 99 })]).toEqual([9, 9, 9]);
		expect([...stretchContrast(Uint16Array.of(65535, 65535), { low: 1, high: 99 })]).toEqual([255, 255]);
		const mostlyDark = Uint8Array.from({ length: 1000 }, (_, i) => (i === 500 ? 200 : 3));
		expect(stretchContrast(mostlyDark, { low: 1, high: 99 })).toEqual(mostlyDark);
	});

	it("keeps order, and equals sorting", () => {
		const range = fc.tuple(fc.integer({ min: 0, max: 49 }), fc.integer({ min: 50, max: 100 }));
		fc.assert(
			fc.property(fc.uint16Array({ minLength: 1, maxLength: 60 }), range, (data, [low, high]) => {
				const sorted = data.toSorted();
				const percentile = (percent: number) => {
					const position = (percent / 100) * (data.length - 1);
					const lower = Math.floor(position);
					const below = sorted[lower];
					return below + (sorted[Math.min(lower + 1, data.length - 1)] - below) * (position - lower);
				};
				const black = percentile(low);
				const white = percentile(high);
				const expected = Array.from(data, (value) =>
					white > black
						? Math.floor(255 * Math.min(Math.max((value - black) / (white - black), 0), 1) + 0.5)
						: Math.floor(value / 257 + 0.5),
				);
				expect([...stretchContrast(data, { low, high })]).toEqual(expected);
			}),
		);
	});

	it.each([
		[5, 5],
		[99, 1],
		[-1, 99],
		[1, 101],
		[Number.NaN, 99],
	])("rejects %s,%s", (low, high) => {
		expect(() => stretchContrast(Uint8Array.of(1), { low, high })).toThrow(
			expect.objectContaining({ code: "OPTION_INVALID", message: expect.stringContaining("1,99") }),
		);
	});
});

it("narrowTo8Bits divides by 257, rounded to nearest, and inverts widening", () => {
	expect([...narrowTo8Bits(Uint16Array.of(0, 128, 129, 257, 65406, 65407, 65535))]).toEqual([
		0, 0, 1, 1, 254, 255, 255,
	]);
	const levels = Uint8Array.from({ length: 256 }, (_, i) => i);
	expect(narrowTo8Bits(Uint16Array.from(levels, (level) => level * 257))).toEqual(levels);
});
