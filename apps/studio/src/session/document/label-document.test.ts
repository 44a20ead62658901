import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../../fixtures/errors.ts";
import type { Edit } from "../edits.ts";
import { createDocument, type LabelDocument } from "./index.ts";

/** A document whose segments are the digits, and whose parts are those, or the pixels. */
function drawn(rows: readonly string[], partsOf: "segments" | "pixels" = "segments"): LabelDocument {
	const width = rows[0].length;
	const labels = [...rows.join("")].map(Number);
	const base = { width, height: rows.length };
	const ids = Uint16Array.from({ length: Math.max(...labels) + 1 }, (_, id) => id);
	return partsOf === "pixels"
		? createDocument({ ...base, parts: Uint16Array.from(labels.keys()), table: Uint16Array.from(labels) })
		: createDocument({ ...base, parts: Uint16Array.from(labels), table: ids });
}

function rowsOf(document: LabelDocument): string[] {
	const labels = Array.from(document.parts, (part) => document.table[part]).join("");
	return labels.match(new RegExp(`.{${document.width}}`, "g")) ?? [];
}

const square = (left: number, top: number, right: number, bottom: number) =>
	Float32Array.of(left, top, right, top, right, bottom, left, bottom);

describe("a document's edits", () => {
	it("merge segments", () => {
		const document = drawn(["0123"]);
		expect(document.apply({ type: "merge", segments: [0, 1, 3], into: 1 })).toEqual({ rects: [] });
		expect(rowsOf(document)).toEqual(["1121"]);
		expect(document.undoLabel).toBe("Merge");
		expect(document.isEdited).toBe(true);
		expect(document.undo()).toEqual({ rects: [] });
		expect([document.isEdited, document.redoLabel, rowsOf(document)]).toEqual([false, "Merge", ["0123"]]);
	});

	it("split a segment into its connected parts by falling area, whole parts and torn ones", () => {
		const rows = ["00100", "00101", "11111", "00010"];
		for (const kind of ["segments", "pixels"] as const) {
			const document = drawn(rows, kind);
			const { rects } = document.apply({ type: "splitParts", segment: 0 });
			expect(rowsOf(document)).toEqual(["00122", "00121", "11111", "33314"]);
			expect(rects.length).toBe(kind === "segments" ? 1 : 0);
			document.undo();
			expect(rowsOf(document)).toEqual(rows);
		}
	});

	it("fill a lasso by pixels, and by parts of which more than half lies inside", () => {
		const document = drawn(["0000", "1111", "1111"]);
		const polygon = square(0, 0, 3, 2);
		expect(document.apply({ type: "lasso", polygon, by: "pixels", into: "new" }).rects).toEqual([
			{ x: 0, y: 0, width: 3, height: 2 },
		]);
		expect(document.segments().map(({ id, pixels, name }) => [id, pixels, name])).toEqual([
			[0, 1, "segment-0"],
			[1, 5, "segment-1"],
			[2, 6, "segment-2"],
		]);
		document.undo();
		document.apply({ type: "lasso", polygon, by: "parts", into: 1 });
		expect(rowsOf(document)).toEqual(["1111", "1111", "1111"]);
	});

	it("paint with a brush and erase what was painted, as one step each", () => {
		const document = drawn(["0011", "0011", "2222"], "pixels");
		const stroke = document.beginStroke({ mode: "paint", into: 2, by: "pixels", radius: 0.6 });
		expect(stroke.segment).toBe(2);
		expect(stroke.extend([{ x: 1.5, y: 0.5 }]).rects).toEqual([{ x: 1, y: 0, width: 1, height: 1 }]);
		expect(stroke.extend([{ x: 2.5, y: 0.5 }]).rects).toEqual([{ x: 1, y: 0, width: 2, height: 1 }]);
		expect(stroke.end().rects).toEqual([]);
		expect(rowsOf(document)).toEqual(["0221", "0011", "2222"]);
		document.apply({ type: "merge", segments: [0], into: 1 });
		const eraser = document.beginStroke({ mode: "erase", by: "pixels", radius: 0.6 });
		expect(eraser.segment).toBeUndefined();
		eraser.extend([
			{ x: 0.5, y: 0.5 },
			{ x: 3.5, y: 0.5 },
		]);
		eraser.end();
		expect(rowsOf(document)).toEqual(["0011", "1111", "2222"]);
		expect(document.undoLabel).toBe("Erase");
		document.undo();
		document.undo();
		document.undo();
		expect(rowsOf(document)).toEqual(["0011", "0011", "2222"]);
		expect(document.undo()).toBeUndefined();
	});

	it("give each pair of a part and a segment one part, however often it is painted", () => {
		const document = drawn(["0000", "1111"]);
		for (let round = 0; round < 9; round++) {
			const stroke = document.beginStroke({ mode: round % 2 ? "paint" : "erase", into: 1, by: "pixels", radius: 1 });
			stroke.extend([{ x: 0, y: 0 }]);
			stroke.end();
		}
		expect(document.table.length).toBe(3);
	});

	it("paint the parts that a brush touches", () => {
		const document = drawn(["0011", "2233"]);
		const stroke = document.beginStroke({ mode: "paint", into: "new", by: "parts", radius: 0.6 });
		stroke.extend([
			{ x: 1.5, y: 0.5 },
			{ x: 2.5, y: 0.5 },
		]);
		stroke.end();
		expect(document.segments().map(({ id, pixels }) => [id, pixels])).toEqual([
			[2, 2],
			[3, 2],
			[4, 4],
		]);
	});

	it("end a stroke when something else is done", () => {
		const document = drawn(["01"]);
		const stroke = document.beginStroke({ mode: "paint", into: 1, by: "pixels", radius: 0.6 });
		stroke.extend([{ x: 0.5, y: 0.5 }]);
		expect(document.undo()?.rects.length).toBe(1);
		expect(rowsOf(document)).toEqual(["01"]);
		expect([stroke.extend([{ x: 0.5, y: 0.5 }]), stroke.end(), stroke.cancel()]).toEqual(
			new Array(3).fill({ rects: [] }),
		);
		expect(rowsOf(document)).toEqual(["01"]);
	});

	it("rename, colour, hide and lock, and are no step where nothing changes", () => {
		const document = drawn(["01"]);
		document.apply({ type: "rename", segment: 1, name: "  sky " });
		document.apply({ type: "recolor", segment: 1, color: [1, 2, 3] }, 4);
		document.apply({ type: "recolor", segment: 1, color: [4, 5, 6] }, 4);
		document.apply({ type: "hide", segments: [0, 1], isHidden: true });
		document.apply({ type: "lock", segments: [1], isLocked: true });
		expect(document.segments()[1]).toEqual({
			id: 1,
			name: "sky",
			color: [4, 5, 6],
			pixels: 1,
			isLocked: true,
			isHidden: true,
		});
		const nothing: Edit[] = [
			{ type: "rename", segment: 1, name: "sky" },
			{ type: "recolor", segment: 1, color: [4, 5, 6] },
			{ type: "hide", segments: [1], isHidden: true },
			{ type: "merge", segments: [0], into: 0 },
			{ type: "splitParts", segment: 0 },
			{ type: "lasso", polygon: square(0.6, 0, 1.4, 1), by: "pixels", into: "new" },
			{ type: "lasso", polygon: square(1, 0, 2, 1), by: "parts", into: "new" },
		];
		for (const edit of nothing) {
			expect(document.apply(edit)).toEqual({ rects: [] });
		}
		expect([document.undoLabel, document.isEdited]).toEqual(["Lock", false]);
		for (const label of ["Hide", "Change colour", "Rename", undefined]) {
			document.undo();
			expect(document.undoLabel).toBe(label);
		}
		expect(document.segments()[1].name).toBe("segment-1");
	});

	it.each<[Edit, RegExp]>([
		[{ type: "merge", segments: [0, 5], into: 0 }, /merge: segment must be the id of a segment with pixels, got 5/],
		[{ type: "merge", segments: [0, 1], into: 0 }, /merge: the segment "sea" \(1\) is locked\. Unlock it first/],
		[{ type: "merge", segments: [0], into: 1 }, /is locked/],
		[{ type: "splitParts", segment: 1 }, /splitParts: the segment "sea"/],
		[{ type: "walk", segments: [0, 1], step: 1 }, /walk: the segment "sea"/],
		[{ type: "lasso", polygon: square(0, 0, 2, 2), by: "pixels", into: 1 }, /paint: the segment "sea"/],
		[{ type: "lasso", polygon: Float32Array.of(1), by: "pixels", into: 0 }, /lasso: polygon must be/],
		[{ type: "rename", segment: 0, name: " " }, /rename: name must have 1 to 200 characters/],
		[{ type: "rename", segment: 0, name: "a\nb" }, /rename: name/],
		[{ type: "rename", segment: 7, name: "a" }, /got 7/],
		[{ type: "recolor", segment: 0, color: [0, 0, 256] }, /recolor: color must be three integers/],
		[{ type: "lock", segments: [2], isLocked: true }, /got 2/],
		[{ type: "hide", segments: [-1], isHidden: true }, /got -1/],
	])("refuse %j", (edit, message) => {
		const document = createDocument({
			width: 3,
			height: 1,
			parts: Uint16Array.of(0, 1, 2),
			table: Uint16Array.of(0, 1, 2),
			background: 2,
			names: new Map([[1, { name: "sea" }]]),
		});
		document.apply({ type: "lock", segments: [1], isLocked: true });
		const before = document.encode();
		const error = errorOf(() => document.apply(edit));
		expect([error.code, error.message]).toEqual(["OPTION_INVALID", expect.stringMatching(message)]);
		expect(document.encode()).toEqual(before);
		expect(document.undoLabel).toBe("Lock");
	});

	it("refuse a stroke without a segment or a radius, and points that are nowhere", () => {
		const document = drawn(["01"]);
		const begin = (style: object) => () =>
			document.beginStroke({ mode: "paint", by: "pixels", radius: 1, into: 0, ...style });
		expect(errorOf(begin({ radius: 0 })).message).toMatch(/radius must be above 0 pixels, got 0/);
		expect(errorOf(begin({ radius: Number.NaN })).message).toMatch(/got NaN/);
		expect(errorOf(begin({ into: 4 })).message).toMatch(/got 4/);
		expect(errorOf(begin({ into: undefined })).message).toMatch(/into must be a segment or "new"/);
		const stroke = begin({})();
		expect(errorOf(() => stroke.extend([{ x: Number.NaN, y: 0 }])).message).toMatch(/points must be finite/);
	});

	it("take back what takes too many parts", () => {
		const table = Uint16Array.from({ length: 65_535 }, (_, id) => id);
		const parts = Uint16Array.from({ length: 131_072 }, (_, pixel) => Math.min(pixel >> 1, 65_534));
		const document = createDocument({ width: 512, height: 256, parts, table });
		const polygon = square(0, 0, 511, 256);
		const error = errorOf(() => document.apply({ type: "lasso", polygon, by: "pixels", into: "new" }));
		expect([error.code, error.message]).toEqual(["LABEL_OUT_OF_RANGE", expect.stringMatching(/65535 parts/)]);
		expect([document.table.length, document.isEdited, document.undoLabel]).toEqual([65_535, false, undefined]);
		expect(document.parts).toEqual(parts);
	});

	it("copy the parts of a rectangle", () => {
		const document = drawn(["012", "345", "678"]);
		const rect = { x: 1, y: 1, width: 2, height: 2 };
		expect(document.patch(rect)).toEqual({ rect, data: Uint16Array.of(4, 5, 7, 8) });
		expect(errorOf(() => document.patch({ ...rect, width: 3 })).message).toMatch(/patch: width/);
	});
});
