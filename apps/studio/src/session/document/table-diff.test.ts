import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffTables, joinDiffs } from "./table-diff.ts";

describe("joinDiffs", () => {
	it("is the difference of the first table and the last", () => {
		const table = fc.uint8Array({ minLength: 12, maxLength: 12, max: 2 }).map((values) => Uint16Array.from(values));
		fc.assert(
			fc.property(table, table, table, (first, second, third) => {
				expect(joinDiffs(diffTables(first, second), diffTables(second, third))).toEqual(diffTables(first, third));
			}),
		);
	});

	it("keeps the entries that changed alone", () => {
		expect(diffTables(Uint16Array.of(4, 5, 6), Uint16Array.of(4, 9, 6, 7))).toEqual({
			entries: Uint16Array.of(1),
			before: Uint16Array.of(5),
			after: Uint16Array.of(9),
		});
	});
});
