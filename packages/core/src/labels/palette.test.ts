import { describe, expect, it } from "vitest";
import { generatePalette, rgbToOklab } from "../../../../scripts/generate-palette.ts";
import { colorToHex, PALETTE, paletteTable, segmentColor } from "./palette.ts";
import { PALETTE_DATA } from "./palette-data.ts";

function smallestDistance(colors: readonly number[]): number {
	const points = colors.map(rgbToOklab);
	let smallest = Number.POSITIVE_INFINITY;
	for (const [index, a] of points.entries()) {
		for (const b of points.slice(0, index)) {
			smallest = Math.min(smallest, Math.sqrt((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2));
		}
	}
	return smallest;
}

describe("PALETTE", () => {
	it("is what the generator makes", () => {
		expect(generatePalette()).toEqual(PALETTE_DATA);
	});

	it("begins with Okabe and Ito without black", () => {
		expect(PALETTE.slice(0, 8).map(colorToHex)).toEqual([
			"#e69f00",
			"#56b4e9",
			"#009e73",
			"#f0e442",
			"#0072b2",
			"#d55e00",
			"#cc79a7",
			"#999999",
		]);
	});

	it("has 256 colours that can be told apart from one another, from black and from white", () => {
		expect(PALETTE).toHaveLength(256);
		expect(smallestDistance([...PALETTE_DATA, 0x000000, 0xffffff])).toBeGreaterThan(0.045);
		expect(smallestDistance(PALETTE_DATA.slice(0, 16))).toBeGreaterThan(0.11);
	});

	it("stays clear of near-black and near-white", () => {
		for (const color of PALETTE_DATA) {
			const [lightness] = rgbToOklab(color);
			expect(lightness).toBeGreaterThan(0.35);
			expect(lightness).toBeLessThan(0.95);
		}
	});
});

describe("segmentColor", () => {
	it("gives every id a colour of its own, none of them black", () => {
		const colors = new Set(Array.from({ length: 65536 }, (_, id) => colorToHex(segmentColor(id))));
		expect(colors.size).toBe(65536);
		expect(colors).not.toContain("#000000");
	});

	it("stays close to the palette beyond its end", () => {
		for (const id of [256, 1023, 65535]) {
			const [first, later] = [segmentColor(id % 256), segmentColor(id)];
			expect(Math.max(...first.map((value, channel) => Math.abs(value - later[channel])))).toBeLessThanOrEqual(7);
		}
	});

	it("starts a short palette again after its last colour", () => {
		const pair = [
			[1, 2, 3],
			[4, 5, 6],
		] as const;
		expect([1, 2, 3, 255].map((id) => segmentColor(id, pair))).toEqual([pair[1], pair[0], pair[1], pair[1]]);
	});

	it("leaves a palette of more than 256 colours as it is", () => {
		const long = Array.from({ length: 400 }, (_, id) => [id & 255, id >> 8, 0] as const);
		expect(segmentColor(300, long)).toEqual(long[300]);
	});
});

describe("paletteTable", () => {
	it("holds the colours one after the other", () => {
		expect([...paletteTable(2)]).toEqual([...segmentColor(0), ...segmentColor(1)]);
	});
});

describe("colorToHex", () => {
	it("pads every channel to two digits", () => {
		expect(colorToHex([0, 1, 255])).toBe("#0001ff");
	});
});
