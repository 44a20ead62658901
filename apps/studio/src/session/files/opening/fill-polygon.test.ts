import fc from "fast-check";
import { expect, it } from "vitest";
import { countCrossings } from "../../polygon-spans.ts";
import { fillPolygon } from "./fill-polygon.ts";

const [WIDTH, HEIGHT] = [12, 9];

function filled(polygon: readonly number[]): Uint8Array {
	const data = new Uint8Array(WIDTH * HEIGHT);
	fillPolygon(polygon, { data, width: WIDTH, height: HEIGHT }, 1);
	return data;
}

/** By a ray to the right of the centre. */
function holds(polygon: readonly number[], x: number, y: number): boolean {
	let inside = false;
	for (let at = 0, last = polygon.length - 2; at < polygon.length; last = at, at += 2) {
		const [x0, y0, x1, y1] = [polygon[last], polygon[last + 1], polygon[at], polygon[at + 1]];
		if (y0 > y !== y1 > y && x < x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)) {
			inside = !inside;
		}
	}
	return inside;
}

const place = fc.double({ min: -5, max: 16, noNaN: true });

it("fills the pixels whose centres a ray finds inside", () => {
	const corners = fc.array(fc.tuple(place, place), { minLength: 3, maxLength: 9 });
	fc.assert(
		fc.property(corners, (given) => {
			const polygon = given.flat();
			const expected = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, at) =>
				Number(holds(polygon, (at % WIDTH) + 0.5, Math.floor(at / WIDTH) + 0.5)),
			);
			expect(filled(polygon)).toEqual(expected);
			expect(countCrossings(polygon, HEIGHT)).toBeLessThanOrEqual(given.length * HEIGHT);
		}),
	);
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
