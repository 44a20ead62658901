import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeTensorValues } from "./tensor-values.ts";

/** The value of a binary16, by its definition. */
function halfValue(bits: number): number {
	const sign = bits >> 15 === 0 ? 1 : -1;
	const exponent = (bits >> 10) & 31;
	const fraction = (bits & 1023) / 1024;
	if (exponent === 31) {
		return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
	}
	return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15);
}

describe("decodeTensorValues", () => {
	it("widens every F16 to the same value", () => {
		const halves = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
		const values = decodeTensorValues(new Uint8Array(halves.buffer), "F16", halves.length);
		const wrong = halves.filter((bits) => !Object.is(values[bits], halfValue(bits)));
		expect([...wrong]).toEqual([]);
	});

	it("takes a BF16 for the upper half of a float32", () => {
		const bytes = Uint8Array.of(0x80, 0x3f, 0x49, 0xc0, 0x80, 0xff, 0x01, 0x00);
		expect([...decodeTensorValues(bytes, "BF16", 4)]).toEqual([1, -3.140625, Number.NEGATIVE_INFINITY, 2 ** -133]);
	});

	it("copies F32 bit by bit from any alignment", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(3), (raw, shift) => {
				const count = Math.floor(raw.length / 4);
				const memory = new Uint8Array(shift + 4 * count);
				memory.set(raw.subarray(0, 4 * count), shift);
				const values = decodeTensorValues(memory.subarray(shift), "F32", count);
				expect(new Uint8Array(values.buffer)).toEqual(raw.slice(0, 4 * count));
			}),
		);
	});

	it("rejects another number of bytes than the shape asks for", () => {
		expect(() => decodeTensorValues(new Uint8Array(7), "F16", 4)).toThrow(
			expect.objectContaining({ code: "SHAPE_MISMATCH", message: expect.stringContaining("8 elements, got 7") }),
		);
	});
});
