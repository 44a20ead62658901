import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changedRows, makeLooks } from "./segment-looks.ts";

const NOTHING = [1 << 16, 0];

function lookOf(looks: Uint32Array, part: number): number[] {
	return [...looks.subarray(2 * part, 2 * part + 2)];
}

describe("looks of parts", () => {
	const table = Uint16Array.of(7, 3, 7, 65_535, 9);
	const looks = makeLooks(
		table,
		[
			{ id: 3, color: [1, 2, 3], isSelected: true },
			{ id: 7, color: [10, 20, 30] },
			{ id: 9, color: [0, 100, 255], isHovered: true },
			{ id: 65_535, color: [9, 9, 9], isHidden: true },
		],
		undefined,
	);

	it("are those of their segments", () => {
		expect(lookOf(looks, 0)).toEqual([7, 0xff1e140a]);
		expect(lookOf(looks, 2)).toEqual(lookOf(looks, 0));
		expect(lookOf(looks, 1)).toEqual([3 | (1 << 17), 0xff030201]);
	});

	it("are lighter below the pointer", () => {
		expect(lookOf(looks, 4)).toEqual([9 | (1 << 18), 0xffff8b40]);
	});

	it("are nothing for hidden segments, the background, and what has no segment", () => {
		expect(lookOf(looks, 3)).toEqual(NOTHING);
		expect(lookOf(looks, 5)).toEqual(NOTHING);
		expect(lookOf(looks, 65_535)).toEqual(NOTHING);
		const behind = makeLooks(table, [{ id: 7, color: [10, 20, 30] }], 7);
		expect(lookOf(behind, 0)).toEqual(NOTHING);
		expect(lookOf(behind, 1)).toEqual(NOTHING);
	});
});

describe("changed rows", () => {
	it("are those that differ, each once, in runs that do not touch", () => {
		fc.assert(
			fc.property(
				fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
				fc.integer({ min: 1, max: 5 }),
				(rows, length) => {
					const before = new Uint32Array(rows.length * length).fill(5);
					const after = before.map((value, index) =>
						rows[Math.floor(index / length)] && index % length === 0 ? 6 : value,
					);
					const runs = changedRows(before, after, length);
					const named = runs.flatMap(({ first, count }) => Array.from({ length: count }, (_, index) => first + index));
					expect(named).toEqual(rows.flatMap((isChanged, row) => (isChanged ? [row] : [])));
					for (let index = 1; index < runs.length; index++) {
						expect(runs[index].first).toBeGreaterThan(runs[index - 1].first + runs[index - 1].count);
					}
				},
			),
		);
	});
});
