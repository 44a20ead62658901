import { describe, expect, it } from "vitest";
import { colorMapOf } from "./color-maps.ts";

describe("colour maps", () => {
	it("get lighter with each step", () => {
		const map = colorMapOf("similarity");
		const lightness = Array.from(
			{ length: 256 },
			(_, value) => 0.2126 * map[4 * value] + 0.7152 * map[4 * value + 1] + 0.0722 * map[4 * value + 2],
		);
		for (let value = 4; value < 256; value++) {
			expect(lightness[value]).toBeGreaterThan(lightness[value - 4]);
		}
		expect([...map.subarray(0, 4)]).toEqual([0x44, 0x01, 0x54, 255]);
		expect([...map.subarray(1020)]).toEqual([0xfd, 0xe7, 0x25, 255]);
		expect(colorMapOf("confidence")).toEqual(map);
	});

	it("show nothing where there is no border", () => {
		const map = colorMapOf("borders");
		expect(map[3]).toBe(0);
		expect([...map.subarray(1020)]).toEqual([20, 20, 20, 255]);
	});
});
