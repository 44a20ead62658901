import { describe, expect, it } from "vitest";
import { DRAWN_PICTURES, drawnPicture } from "../../../../fixtures/drawn-pictures.ts";
import { halveImage } from "./halve.ts";

describe("halveImage", () => {
	it.each(Object.keys(DRAWN_PICTURES))("gives the rounded means of four pixels of %s", (name) => {
		const { data, width, height } = drawnPicture(name);
		const half = halveImage({ data, width, height });
		expect([half.width, half.height]).toEqual([Math.ceil(width / 2), Math.ceil(height / 2)]);
		expect(half.data).toHaveLength(half.width * half.height * 3);
		for (let at = 0; at < half.data.length; at++) {
			const [x, y] = [Math.floor(at / 3) % half.width, Math.floor(at / 3 / half.width)];
			const value = (column: number, row: number) =>
				data[3 * (Math.min(row, height - 1) * width + Math.min(column, width - 1)) + (at % 3)];
			const sum = value(2 * x, 2 * y) + value(2 * x + 1, 2 * y) + value(2 * x, 2 * y + 1) + value(2 * x + 1, 2 * y + 1);
			expect(half.data[at]).toBe(Math.floor(sum / 4 + 0.5));
		}
	});
});
