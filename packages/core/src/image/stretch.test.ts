import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { narrowTo8Bits, type Samples, stretch8Bits, stretchRange, stretchSamples } from "./stretch.ts";

const stretched = (samples: Samples, stretch: Parameters<typeof stretchRange>[1]) =>
	stretchSamples(samples, stretchRange(samples, stretch));

/** As `numpy.percentile` interpolates. */
function percentileOf(sorted: ArrayLike<number>, percent: number): number {
	const position = (percent / 100) * (sorted.length - 1);
	const lower = Math.floor(position);
	return sorted[lower] + (sorted[Math.min(lower + 1, sorted.length - 1)] - sorted[lower]) * (position - lower);
}

describe("stretchRange", () => {
	it("finds percentiles as numpy does", () => {
		// numpy.percentile([10, 20, 30, 40], [10, 90])
		expect(stretchRange(Uint8Array.of(30, 10, 40, 20), { low: 10, high: 90 })).toEqual({ black: 13, white: 37 });
	});

	it("takes values as they are given", () => {
		const range = { black: 300, white: 4000 };
		expect(stretchRange(Uint16Array.of(1, 2), range)).toEqual(range);
	});

	it("leaves out a thousandth at both ends, where that leaves anything", () => {
		const samples = Uint16Array.from({ length: 2001 }, (_, i) => 1000 + i);
		expect(stretchRange(samples, "auto")).toEqual({ black: 1002, white: 2998 });
		const dots = Uint16Array.from({ length: 5000 }, (_, i) => (i === 17 ? 4000 : 300));
		expect(stretchRange(dots, "auto")).toEqual({ black: 300, white: 4000 });
	});

	it("looks at finite samples only", () => {
		const samples = Float32Array.of(Number.NaN, 1, Number.POSITIVE_INFINITY, 3, Number.NEGATIVE_INFINITY);
		expect(stretchRange(samples, { low: 0, high: 100 })).toEqual({ black: 1, white: 3 });
		expect(stretchRange(Float32Array.of(Number.NaN), "auto")).toEqual({ black: 0, white: 0 });
	});

	it("leaves out samples without data, as if they were not there", () => {
		const sample = fc.constantFrom(0, 7, 300, 4000);
		fc.assert(
			fc.property(fc.array(sample, { maxLength: 40 }), sample, (values, noData) => {
				for (const type of [Uint16Array, Float32Array]) {
					const counting = type.from(values.filter((value) => value !== noData));
					for (const stretch of ["auto", { low: 10, high: 90 }] as const) {
						expect(stretchRange(type.from(values), stretch, noData)).toEqual(stretchRange(counting, stretch));
					}
				}
			}),
		);
		expect(stretchRange(Uint8Array.of(1, 3), { low: 0, high: 100 }, -9999)).toEqual({ black: 1, white: 3 });
		const lowest = -3.4028234663852886e38;
		expect(stretchRange(Float32Array.of(lowest, 1, 3), "auto", lowest).black).toBeCloseTo(1, 1);
	});

	const percents = fc.tuple(fc.integer({ min: 0, max: 49 }), fc.integer({ min: 50, max: 100 }));
	it.each([
		["integers", fc.uint16Array({ minLength: 1, maxLength: 60 })],
		["floats", fc.float32Array({ minLength: 1, maxLength: 60, noNaN: true, min: -1e6, max: 1e6 })],
	] as const)("equals sorting, for %s", (_name, arrays) => {
		fc.assert(
			fc.property(arrays as fc.Arbitrary<Uint16Array | Float32Array>, percents, (samples, [low, high]) => {
				const sorted = samples.toSorted();
				const { black, white } = stretchRange(samples, { low, high });
				expect(black).toBeCloseTo(percentileOf(sorted, low), 6);
				expect(white).toBeCloseTo(percentileOf(sorted, high), 6);
			}),
		);
	});
});

describe("stretchSamples", () => {
	it("maps the range linearly, rounded and clipped", () => {
		const range = { black: 1000, white: 1255 };
		expect([...stretchSamples(Uint16Array.of(1000, 1255, 1100, 900, 2000), range)]).toEqual([0, 255, 100, 0, 255]);
		expect([...stretchSamples(Float32Array.of(1000, 1255, 1100.4, Number.NaN), range)]).toEqual([0, 255, 100, 0]);
	});

	it("narrows integers that have no contrast, and parts floats", () => {
		expect([...stretched(Uint8Array.of(9, 9, 9), { low: 1, high: 99 })]).toEqual([9, 9, 9]);
		expect([...stretched(Uint16Array.of(65535, 65535), "auto")]).toEqual([255, 255]);
		const mostlyDark = Uint8Array.from({ length: 1000 }, (_, i) => (i === 500 ? 200 : 3));
		expect(stretched(mostlyDark, { low: 1, high: 99 })).toEqual(mostlyDark);
		const floats = Float32Array.from({ length: 1000 }, (_, i) => (i === 500 ? 200 : 3));
		expect(stretched(floats, { low: 1, high: 99 })[500]).toBe(255);
		expect(stretched(floats, { low: 1, high: 99 })[0]).toBe(0);
	});
});

describe("stretch8Bits", () => {
	it("leaves 8 bits alone unless it is told how", () => {
		const data = Uint8Array.of(0, 128, 255);
		expect(stretch8Bits(data, "auto")).toEqual({ data, warnings: [] });
		expect(stretch8Bits(data, "none")).toEqual({ data, warnings: [] });
		expect(stretch8Bits(data, { black: 0, white: 128 })).toEqual({
			data: Uint8Array.of(0, 255, 255),
			stretch: { black: 0, white: 128 },
			warnings: [],
		});
	});

	it("warns of less than a tenth of the range, by the flag's name", () => {
		const dim = (levels: number) => Uint8Array.from({ length: 100 }, (_, i) => 10 + (i % levels));
		const { data, warnings } = stretch8Bits(dim(20), "auto");
		expect(data).toEqual(dim(20));
		expect(warnings).toEqual([
			{ code: "CONTRAST_LOW", message: expect.stringMatching(/between 10 and 29 of 0 to 255.*--stretch/) },
		]);
		expect(stretch8Bits(dim(30), "auto").warnings).toEqual([]);
		expect(stretch8Bits(dim(20), "none").warnings).toEqual([]);
		expect(stretch8Bits(dim(1), "auto").warnings).toEqual([]);
	});
});

it("narrowTo8Bits divides by 257, rounded to nearest, and inverts widening", () => {
	expect([...narrowTo8Bits(Uint16Array.of(0, 128, 129, 257, 65406, 65407, 65535))]).toEqual([
		0, 0, 1, 1, 254, 255, 255,
	]);
	const levels = Uint8Array.from({ length: 256 }, (_, i) => i);
	expect(narrowTo8Bits(Uint16Array.from(levels, (level) => level * 257))).toEqual(levels);
});
