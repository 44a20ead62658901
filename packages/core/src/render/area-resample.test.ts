import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { areaResample } from "./area-resample.ts";

function resample(
	data: Uint8Array,
	width: number,
	height: number,
	outputWidth: number,
	outputHeight: number,
): Uint8Array {
	const readRow = (y: number, row: Uint8Array): void => row.set(data.subarray(y * width * 3, (y + 1) * width * 3));
	return areaResample(readRow, width, height, outputWidth, outputHeight).data;
}

const side = fc.integer({ min: 1, max: 17 });
const pictures = fc.tuple(side, side).chain(([width, height]) =>
	fc.record({
		width: fc.constant(width),
		height: fc.constant(height),
		data: fc.uint8Array({ minLength: width * height * 3, maxLength: width * height * 3 }),
	}),
);

describe("areaResample", () => {
	it("returns the picture at its own size", () => {
		fc.assert(
			fc.property(pictures, ({ data, width, height }) => {
				expect(resample(data, width, height, width, height)).toEqual(data);
			}),
		);
	});

	it("keeps one colour at any size", () => {
		fc.assert(
			fc.property(
				side,
				side,
				side,
				side,
				fc.integer({ min: 0, max: 255 }),
				(width, height, toWidth, toHeight, value) => {
					const data = new Uint8Array(width * height * 3).fill(value);
					expect(new Set(resample(data, width, height, toWidth, toHeight))).toEqual(new Set([value]));
				},
			),
		);
	});

	it("repeats pixels when it enlarges by a whole factor", () => {
		fc.assert(
			fc.property(pictures, fc.integer({ min: 2, max: 4 }), ({ data, width, height }, factor) => {
				const enlarged = resample(data, width, height, width * factor, height * factor);
				const expected = enlarged.map((_, index) => {
					const pixel = Math.floor(index / 3);
					const x = Math.floor((pixel % (width * factor)) / factor);
					const y = Math.floor(Math.floor(pixel / (width * factor)) / factor);
					return data[(y * width + x) * 3 + (index % 3)];
				});
				expect(enlarged).toEqual(expected);
			}),
		);
	});

	it("averages by area when it shrinks", () => {
		const row = Uint8Array.of(0, 0, 0, 90, 90, 90, 255, 255, 255);
		expect([...resample(row, 3, 1, 1, 1)]).toEqual([115, 115, 115]);
		expect([...resample(row, 3, 1, 2, 1)]).toEqual([30, 30, 30, 200, 200, 200]);
	});
});
