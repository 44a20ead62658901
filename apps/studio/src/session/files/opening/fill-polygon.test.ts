import fc from "fast-check";
import { expect, it } from "vitest";
import { isInsidePolygon, quarters } from "../../../../../../fixtures/inside-polygon.ts";
import { countCrossings } from "../../polygon-spans.ts";
import { fillPolygon } from "./fill-polygon.ts";

const [WIDTH, HEIGHT] = [12, 9];

function filled(polygon: readonly number[]): Uint8Array {
	const data = new Uint8Array(WIDTH * HEIGHT);
	fillPolygon(polygon, { data, width: WIDTH, height: HEIGHT }, 1);
	return data;
}

it("fills the pixels whose centres a ray finds inside", () => {
	const corners = fc.array(fc.tuple(quarters, quarters), { minLength: 3, maxLength: 9 });
	fc.assert(
		fc.property(corners, (given) => {
			const polygon = given.flat();
			const expected = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, at) =>
				Number(isInsidePolygon(polygon, (at % WIDTH) + 0.5, Math.floor(at / WIDTH) + 0.5)),
			);
			expect(filled(polygon)).toEqual(expected);
			expect(countCrossings(polygon, HEIGHT)).toBeLessThanOrEqual(given.length * HEIGHT);
		}),
	);
});

it("fills nothing of a polygon that goes there and back, though rounding is all that is between", () => {
	expect(filled([15.999999999999975, 15.999999999999973, 0, 0, 0, 0]).every((value) => value === 0)).toBe(true);
});

it("shares no pixel between polygons that touch, and leaves none out", () => {
	fc.assert(
		fc.property(
			fc.double({ min: 0.1, max: 11.9, noNaN: true }),
			fc.double({ min: 0.1, max: 11.9, noNaN: true }),
			(top, bottom) => {
				const left = filled([0, 0, top, 0, bottom, HEIGHT, 0, HEIGHT]);
				const right = filled([top, 0, WIDTH, 0, WIDTH, HEIGHT, bottom, HEIGHT]);
				expect(left.every((value, at) => value + right[at] === 1)).toBe(true);
			},
		),
	);
});
