import { describe, expect, it } from "vitest";
import { segmentColor } from "../labels/palette.ts";
import { renderLabelColors } from "./label-colors.ts";
import { renderOverlay } from "./overlay.ts";

const width = 40;
const height = 20;
/** Left half 0, right half 1. */
const labels = {
	data: Uint8Array.from({ length: width * height }, (_, index) => (index % width < width / 2 ? 0 : 1)),
	width,
	height,
	count: 2,
};

function flat(value: number) {
	return { data: new Uint8Array(width * height * 3).fill(value), width, height };
}

function pixel(data: Uint8Array, x: number, y: number): number[] {
	return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}

describe("renderOverlay", () => {
	it("returns the photograph at opacity 0 and the flat colours at opacity 1", () => {
		const image = { data: flat(0).data.map((_, index) => (index * 7) % 256), width, height };
		const before = image.data.slice();
		expect(renderOverlay(image, labels, { opacity: 0, boundary: false }).data).toEqual(image.data);
		expect(renderOverlay(image, labels, { opacity: 1, boundary: false }).data).toEqual(renderLabelColors(labels).data);
		expect(image.data).toEqual(before);
	});

	it("mixes in between", () => {
		const [red] = segmentColor(0);
		const { data } = renderOverlay(flat(100), labels, { opacity: 0.5, boundary: false });
		expect(data[0]).toBe(Math.floor(100 * 0.5 + red * 0.5 + 0.5));
	});

	it.each([0, 128, 255])("draws a light line with dark sides between segments on grey %i", (value) => {
		const { data } = renderOverlay(flat(value), labels, { opacity: 0 });
		const row = Array.from({ length: width }, (_, x) => pixel(data, x, 10)[0]);
		const lightest = Math.max(...row.slice(17, 23));
		const darkest = Math.min(...row.slice(17, 23));
		expect(lightest - darkest).toBeGreaterThan(100);
		expect(row.slice(0, 16).concat(row.slice(24))).toEqual(Array(32).fill(value));
	});

	it("draws wider lines in larger pictures", () => {
		const lineWidth = (side: number): number => {
			const data = Uint8Array.from({ length: side * 4 }, (_, index) => (index % side < side / 2 ? 0 : 1));
			const image = { data: new Uint8Array(side * 4 * 3), width: side, height: 4 };
			const overlay = renderOverlay(image, { data, width: side, height: 4, count: 2 }, { opacity: 0 });
			return overlay.data.subarray(0, side * 3).filter((value, index) => index % 3 === 0 && value > 100).length;
		};
		expect(lineWidth(500)).toBe(1);
		expect(lineWidth(4500)).toBe(5);
	});

	it("draws the same lines wherever they lie in a picture of several strips", () => {
		const [side, long, period] = [300, 30_000, 75];
		const stripes = Uint8Array.from({ length: side * long }, (_, i) => {
			const [x, y] = [i % side, Math.floor(i / side) % period];
			return x + 2 * y < 200 ? 0 : 1;
		});
		const image = { data: new Uint8Array(side * long * 3).fill(90), width: side, height: long };
		const { data } = renderOverlay(image, { data: stripes, width: side, height: long, count: 2 });
		const shift = side * period * 3;
		let differing = 0;
		// Near the ends, lines of the neighbouring periods are missing.
		for (let i = shift; i < data.length - 2 * shift; i++) {
			differing += data[i] === data[i + shift] ? 0 : 1;
		}
		expect(differing).toBe(0);
	});

	it("draws no line around the picture or within one segment", () => {
		const one = { data: new Uint8Array(width * height), width, height, count: 1 };
		expect(renderOverlay(flat(50), one, { opacity: 0 }).data).toEqual(flat(50).data);
	});

	it("uses the palette that it is given", () => {
		const palette = [[1, 2, 3]] as const;
		expect(pixel(renderOverlay(flat(0), labels, { opacity: 1, boundary: false, palette }).data, 39, 0)).toEqual([
			1, 2, 3,
		]);
	});

	it.each([-0.1, 1.1, Number.NaN])("refuses opacity %d", (opacity) => {
		expect(() => renderOverlay(flat(0), labels, { opacity })).toThrowError(
			expect.objectContaining({ code: "OPTION_INVALID", message: expect.stringContaining(`got ${opacity}`) }),
		);
	});

	it("shows the photograph as it is where there is no segment, and a border around", () => {
		const marked = { ...labels, background: 1 };
		const plain = renderOverlay(flat(100), marked, { boundary: false }).data;
		expect(pixel(plain, 30, 10)).toEqual([100, 100, 100]);
		expect(pixel(plain, 10, 10)).not.toEqual([100, 100, 100]);
		const drawn = renderOverlay(flat(100), marked).data;
		expect(pixel(drawn, 19, 10)).not.toEqual(pixel(plain, 19, 10));
		expect(pixel(drawn, 30, 10)).toEqual([100, 100, 100]);
	});

	it("refuses labels of another size", () => {
		expect(() => renderOverlay({ data: new Uint8Array(3), width: 1, height: 1 }, labels)).toThrowError(
			expect.objectContaining({ code: "SHAPE_MISMATCH", message: expect.stringContaining("(20, 40)") }),
		);
	});
});

describe("renderLabelColors", () => {
	it("paints what belongs to no segment white", () => {
		const { data } = renderLabelColors({ ...labels, background: 1 });
		expect(pixel(data, 0, 0)).toEqual([...segmentColor(0)]);
		expect(pixel(data, width - 1, 0)).toEqual([255, 255, 255]);
	});

	it("paints each pixel in the colour of its segment", () => {
		const { data } = renderLabelColors(labels);
		expect(pixel(data, 0, 0)).toEqual([...segmentColor(0)]);
		expect(pixel(data, 39, 19)).toEqual([...segmentColor(1)]);
	});
});
