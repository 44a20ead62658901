import { describe, expect, it } from "vitest";
import { meanCosine } from "./mean-cosine.ts";

describe("meanCosine", () => {
	it("is the mean of the rows' cosines, whatever their lengths", () => {
		const a = Float32Array.of(3, 4, 1, 0, 2, 0);
		expect(meanCosine(a, a, 2)).toBeCloseTo(1, 12);
		expect(meanCosine(a, Float32Array.of(6, 8, 0, 5, -1, 0), 2)).toBeCloseTo((1 + 0 - 1) / 3, 12);
	});

	it("is not a number where there is no angle", () => {
		expect(meanCosine(new Float32Array(2), Float32Array.of(1, 1), 2)).toBeNaN();
		expect(meanCosine(new Float32Array(0), new Float32Array(0), 2)).toBeNaN();
	});

	it("refuses matrices that do not fit", () => {
		expect(() => meanCosine(new Float32Array(4), new Float32Array(6), 2)).toThrow("b (rows, dim)");
		expect(() => meanCosine(new Float32Array(5), new Float32Array(5), 2)).toThrow("a (rows, dim)");
	});
});
