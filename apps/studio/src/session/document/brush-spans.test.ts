import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { brushSpans } from "./brush-spans.ts";
import { rectOfSpans, type Spans } from "./spans.ts";

const [WIDTH, HEIGHT] = [19, 13];

function pixelsOf({ data, count }: Spans): number[] {
	return Array.from({ length: count }, (_, span) => [...data.subarray(3 * span, 3 * span + 3)]).flatMap(
		([row, from, to]) => Array.from({ length: to - from }, (_, at) => row * WIDTH + from + at),
	);
}

describe("brushSpans", () => {
	const coordinate = fc.oneof(
		fc.integer({ min: -20, max: 60 }).map((half) => half / 2),
		fc.double({ min: -9, max: 30, noNaN: true }),
	);
	const point = fc.record({ x: coordinate, y: coordinate });
	const radius = fc.oneof(
		fc.integer({ min: 1, max: 20 }).map((half) => half / 2),
		fc.double({ min: 0.01, max: 12, noNaN: true }),
	);

	it("covers the pixels whose centres lie within the radius of the line, each once", () => {
		fc.assert(
			fc.property(point, point, radius, (from, to, reach) => {
				const spans = brushSpans(from, to, reach, WIDTH, HEIGHT);
				const [dx, dy] = [to.x - from.x, to.y - from.y];
				const squared = dx * dx + dy * dy;
				const expected = Array.from({ length: WIDTH * HEIGHT }, (_, pixel) => pixel).filter((pixel) => {
					const [x, y] = [(pixel % WIDTH) + 0.5 - from.x, Math.floor(pixel / WIDTH) + 0.5 - from.y];
					const share = Math.min(1, Math.max(0, squared === 0 ? 0 : (x * dx + y * dy) / squared));
					return (x - share * dx) ** 2 + (y - share * dy) ** 2 <= reach * reach;
				});
				expect(pixelsOf(spans)).toEqual(expected);
			}),
			{ numRuns: 500 },
		);
	});

	it("lies in its rectangle", () => {
		expect(rectOfSpans(brushSpans({ x: 5, y: 5 }, { x: 9, y: 5 }, 2, WIDTH, HEIGHT))).toEqual({
			x: 3,
			y: 3,
			width: 8,
			height: 4,
		});
		expect(rectOfSpans(brushSpans({ x: -9, y: 5 }, { x: -9, y: 5 }, 2, WIDTH, HEIGHT))).toBeUndefined();
	});
});
