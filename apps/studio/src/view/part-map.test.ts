import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPartMap } from "./part-map.ts";

const WIDTH = 7;
const HEIGHT = 5;
const map = fc.uint8Array({ minLength: WIDTH * HEIGHT, maxLength: WIDTH * HEIGHT, max: 9 });

describe("a map of parts", () => {
	it("knows a rectangle that holds what looks otherwise, also after patches", () => {
		const patch = fc.record({ x: fc.nat(4), y: fc.nat(3), part: fc.nat(9) });
		fc.assert(
			fc.property(
				map,
				patch,
				fc.uint8Array({ minLength: 10, maxLength: 10, max: 1 }),
				(values, { x, y, part }, changes) => {
					const parts = Uint16Array.from(values);
					const made = createPartMap({ width: WIDTH, height: HEIGHT }, parts);
					const before = new Uint32Array(2 * 65_536);
					const after = before.slice();
					for (const [index, change] of changes.entries()) {
						after[2 * index + (index & 1)] = change;
					}
					const tight = made.whereLooksDiffer(before, after);
					const xs = [...parts.entries()].filter(([, value]) => changes[value]).map(([pixel]) => pixel % WIDTH);
					expect(tight?.x).toBe(xs.length === 0 ? undefined : Math.min(...xs));
					expect(tight && tight.x + tight.width - 1).toBe(xs.length === 0 ? undefined : Math.max(...xs));
					made.patch({ rect: { x, y, width: 3, height: 2 }, data: new Uint16Array(6).fill(part) });
					const rect = made.whereLooksDiffer(before, after) ?? { x: 0, y: 0, width: 0, height: 0 };
					for (let pixel = 0; pixel < WIDTH * HEIGHT; pixel++) {
						const [column, row] = [pixel % WIDTH, Math.floor(pixel / WIDTH)];
						const isPatched = column >= x && column < x + 3 && row >= y && row < y + 2;
						expect(made.parts[pixel]).toBe(isPatched ? part : parts[pixel]);
						if (changes[made.parts[pixel]]) {
							expect(column >= rect.x && column < rect.x + rect.width).toBe(true);
							expect(row >= rect.y && row < rect.y + rect.height).toBe(true);
						}
					}
				},
			),
		);
	});

	it("refuses patches that do not fit", () => {
		const made = createPartMap({ width: 4, height: 2 }, new Uint16Array(8));
		const patch = (x: number, width: number, length: number) =>
			made.patch({ rect: { x, y: 0, width, height: 1 }, data: new Uint16Array(length) });
		expect(() => patch(2, 3, 3)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
		expect(() => patch(-1, 3, 3)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
		expect(() => patch(0, 3, 4)).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
		expect(() => createPartMap({ width: 4, height: 2 }, new Uint16Array(7))).toThrow(
			expect.objectContaining({ code: "SHAPE_MISMATCH" }),
		);
	});
});
