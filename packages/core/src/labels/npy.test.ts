import { describe, expect, it } from "vitest";
import { encodeNpy } from "./npy.ts";

/** As `numpy.save(file, numpy.array([[1.5, -2, 0], [3, 4, 5]], dtype="<f4"))` writes it. */
const HEADER = `\x93NUMPY\x01\x00\x76\x00${"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }".padEnd(117)}\n`;

function text(bytes: Uint8Array): string {
	return String.fromCharCode(...bytes);
}

describe("encodeNpy", () => {
	it("writes the header that NumPy writes, then the values", () => {
		const values = Float32Array.of(1.5, -2, 0, 3, 4, 5);
		const file = encodeNpy(values, [2, 3]);
		expect(text(file.subarray(0, 128))).toBe(HEADER);
		expect(new Float32Array(file.slice(128).buffer)).toEqual(values);
	});

	it("names one-dimensional shapes and label types as NumPy does", () => {
		expect(text(encodeNpy(Uint16Array.of(1, 2), [2]))).toContain(
			"{'descr': '<u2', 'fortran_order': False, 'shape': (2,), }",
		);
		expect(text(encodeNpy(Uint8Array.of(1), [1, 1]))).toContain("'descr': '|u1'");
	});

	it("begins the values at a multiple of 64 bytes", () => {
		const shape = Array.from({ length: 40 }, () => 1);
		expect((encodeNpy(Float32Array.of(7), shape).length - 4) % 64).toBe(0);
	});

	it("copies a view, not its whole buffer", () => {
		const file = encodeNpy(Float32Array.of(1, 2, 3).subarray(1, 2), [1]);
		expect(new Float32Array(file.slice(128).buffer)).toEqual(Float32Array.of(2));
	});

	it("refuses a shape that does not fit", () => {
		expect(() => encodeNpy(new Float32Array(5), [2, 3])).toThrowError(
			expect.objectContaining({ code: "SHAPE_MISMATCH", details: { expected: 6, actual: 5 } }),
		);
	});
});
