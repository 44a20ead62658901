import { describe, expect, it } from "vitest";
import { createCurrentLooks } from "./current-looks.ts";
import { makeLooks, type SegmentLook } from "./segment-looks.ts";

const segments: readonly SegmentLook[] = [
	{ id: 1, color: [9, 8, 7] },
	{ id: 2, color: [6, 5, 4], isSelected: true, isHovered: true },
];

describe("the looks of now", () => {
	it("are made at first, and then when something was set", () => {
		const current = createCurrentLooks();
		const none = makeLooks(new Uint16Array(0), []);
		expect(current.renew()).toEqual(none);
		expect(current.renew()).toBeUndefined();
		const table = Uint16Array.of(2, 1, 3);
		current.setTable(table);
		// It was copied.
		table.fill(0);
		current.setSegments(segments, 1);
		expect(current.looks).toEqual(none);
		expect(current.renew()).toEqual(none);
		expect(current.looks).toEqual(makeLooks(Uint16Array.of(2, 1, 3), segments, 1));
		expect(current.renew()).toBeUndefined();
	});

	it("know whether what is seen is selected or hovered", () => {
		const current = createCurrentLooks();
		expect([current.hasSelection, current.hasHover]).toEqual([false, false]);
		current.setSegments(segments);
		expect([current.hasSelection, current.hasHover]).toEqual([true, true]);
		current.setSegments(segments.map((segment) => ({ ...segment, isHidden: true })));
		expect([current.hasSelection, current.hasHover]).toEqual([false, false]);
	});
});
