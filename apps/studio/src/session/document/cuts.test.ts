import { cutIntoRegions } from "@dinoseg/core/regions";
import { describe, expect, it } from "vitest";
import { drawnPartTree } from "../../../../../fixtures/documents.ts";
import { errorOf } from "../../../../../fixtures/errors.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { forEachSeed } from "../../../../../fixtures/seeds.ts";
import { baseOfLabels, baseOfRegions, createDocument, type LabelDocument } from "./index.ts";

const labelsOf = ({ parts, table }: LabelDocument) => Array.from(parts, (part) => table[part]);

/** A row of pixels, each of which is a part. */
function row(labels: readonly number[], background?: number): LabelDocument {
	const parts = Uint16Array.from(labels.keys());
	return createDocument({ width: labels.length, height: 1, parts, table: Uint16Array.from(labels), background });
}

describe("recut", () => {
	it("gives the cut itself, whatever was done by hand", () => {
		forEachSeed(20, (seed) => {
			const given = drawnPartTree(seed, 16, 12);
			const { superpixels, tree } = given;
			const base = { width: 16, height: 12, parts: superpixels, table: cutIntoRegions(tree, 1) };
			const document = createDocument(base, given);
			const stroke = document.beginStroke({ mode: "paint", into: "new", by: "pixels", radius: 3 });
			stroke.extend([
				{ x: 2, y: 2 },
				{ x: 14, y: 9 },
			]);
			stroke.end();
			expect(document.isEdited).toBe(true);
			const table = cutIntoRegions(tree, Math.ceil(tree.leaves / 2));
			document.recut(table, "Finer cut");
			expect(labelsOf(document)).toEqual(Array.from(superpixels, (leaf) => table[leaf]));
			expect([document.isEdited, document.undoLabel]).toEqual([false, "Finer cut"]);
		});
	});

	it("keeps locked segments, and gives what has the id of one a free id", () => {
		const document = row([0, 0, 1, 1, 2, 2]);
		document.apply({ type: "lock", segments: [1], isLocked: true });
		document.recut(Uint16Array.of(0, 1, 1, 2, 2, 2), "Cut");
		expect(labelsOf(document)).toEqual([0, 3, 1, 1, 2, 2]);
		document.recut(Uint16Array.of(0, 0, 1, 1, 0, 0), "Cut");
		expect(labelsOf(document)).toEqual([0, 0, 1, 1, 0, 0]);
	});

	it("gives no segment another id for parts of which a locked one has all pixels", () => {
		const document = row([0, 0, 1]);
		const stroke = document.beginStroke({ mode: "paint", into: 1, by: "pixels", radius: 0.6 });
		stroke.extend([{ x: 1.5, y: 0.5 }]);
		stroke.end();
		document.apply({ type: "lock", segments: [1], isLocked: true });
		document.recut(Uint16Array.of(2, 1, 1), "Cut");
		document.apply({ type: "lock", segments: [1], isLocked: false });
		const eraser = document.beginStroke({ mode: "erase", by: "pixels", radius: 9 });
		eraser.extend([{ x: 1.5, y: 0.5 }]);
		eraser.end();
		expect(labelsOf(document)).toEqual([2, 1, 1]);
	});

	it("keeps names with ids, but for those of segments made by hand", () => {
		const document = row([0, 0, 1, 1]);
		document.apply({ type: "rename", segment: 1, name: "sea" });
		document.apply({ type: "lasso", polygon: Float32Array.of(0, 0, 1, 0, 1, 1, 0, 1), by: "parts", into: "new" });
		document.apply({ type: "rename", segment: 2, name: "ship" });
		document.recut(Uint16Array.of(0, 0, 0, 0), "Cut");
		document.recut(Uint16Array.of(0, 1, 2, 2), "Cut");
		expect(document.segments().map(({ name }) => name)).toEqual(["segment-0", "sea", "segment-2"]);
		document.undo();
		document.undo();
		expect(document.segments().map(({ name }) => name)).toEqual(["segment-0", "sea", "ship"]);
	});

	it("is one step for a gesture", () => {
		const document = row([0, 0, 0]);
		for (const last of [1, 2, 3]) {
			document.recut(Uint16Array.of(0, 1, last), "Cut", 9);
		}
		expect(labelsOf(document)).toEqual([0, 1, 3]);
		document.undo();
		expect([labelsOf(document), document.undoLabel]).toEqual([[0, 0, 0], undefined]);
		document.redo();
		expect(labelsOf(document)).toEqual([0, 1, 3]);
	});

	it("says what it was made with, as undo and redo bring it back", () => {
		const document = row([0, 0]);
		document.recut(Uint16Array.of(0, 1), "Cut", 1, "two");
		document.recut(Uint16Array.of(0, 1), "Cut", 2, "two, by detail");
		const base = { width: 2, height: 1, parts: Uint16Array.of(0, 0), table: Uint16Array.of(0) };
		document.rebase(base, "Model", undefined, 3, "one");
		expect(document.context).toBe("one");
		const before = [document, document, document].map((each) => each.undo() && each.context);
		expect(before).toEqual(["two, by detail", "two", undefined]);
		const after = [document, document, document].map((each) => each.redo() && each.context);
		expect(after).toEqual(["two", "two, by detail", "one"]);
	});

	it("is no step for a gesture that ends where it began", () => {
		const document = row([0, 0, 0]);
		document.recut(Uint16Array.of(0, 1, 2), "Cut", 9);
		document.recut(Uint16Array.of(0, 0, 0), "Cut", 9);
		expect([document.undoLabel, labelsOf(document)]).toEqual([undefined, [0, 0, 0]]);
	});

	it("leaves what has no data alone, and may leave it out", () => {
		const document = row([4, 4, 7, 7], 7);
		document.recut(Uint16Array.of(7, 0), "Cut");
		expect([labelsOf(document), document.background]).toEqual([[7, 0, 65_535, 65_535], 65_535]);
		document.recut(Uint16Array.of(1, 2, 3, 4), "Cut");
		expect(labelsOf(document)).toEqual([1, 2, 65_535, 65_535]);
		const error = errorOf(() => document.recut(Uint16Array.of(0), "Cut"));
		expect([error.code, error.details]).toEqual(["SHAPE_MISMATCH", { expected: 4, actual: 1 }]);
		expect(errorOf(() => document.recut(Uint16Array.of(0, 65_535), "Cut")).message).toMatch(/what is no segment/);
	});
});

describe("rebase", () => {
	it("puts other parts in place, and undo the old ones with their tree", () => {
		const given = drawnPartTree(5, 10, 8);
		const base = baseOfRegions(given, { width: 10, height: 8 }, cutIntoRegions(given.tree, 2));
		const document = createDocument(base, given);
		expect(base.parts).toBe(given.superpixels);
		const before = labelsOf(document);
		const data = Uint8Array.from({ length: 80 }, (_, pixel) => pixel % 3);
		const change = document.rebase(baseOfLabels(kernels, { data, width: 10, height: 8, count: 3 }), "3 clusters");
		expect(change.rects).toEqual([{ x: 0, y: 0, width: 10, height: 8 }]);
		expect([labelsOf(document), document.needsTree]).toEqual([[...data], true]);
		document.undo();
		expect([labelsOf(document), document.needsTree, document.redoLabel]).toEqual([before, false, "3 clusters"]);
		document.redo();
		expect(labelsOf(document)).toEqual([...data]);
	});

	it("keeps locked segments, their names, and what the base calls the segment that makes room", () => {
		const document = row([0, 0, 1, 1, 2]);
		document.apply({ type: "rename", segment: 1, name: "sea" });
		document.apply({ type: "lock", segments: [1], isLocked: true });
		const table = Uint16Array.of(0, 1, 6);
		const names = new Map([[1, { name: "sky" }]]);
		const parts = Uint16Array.of(0, 1, 1, 2, 1);
		document.rebase({ width: 5, height: 1, parts, table, names, background: 6 }, "Model");
		expect(labelsOf(document)).toEqual([0, 2, 1, 65_535, 2]);
		expect(document.segments().map(({ id, name, isLocked }) => [id, name, isLocked])).toEqual([
			[0, "segment-0", false],
			[1, "sea", true],
			[2, "sky", false],
		]);
	});

	it("refuses another picture, and leaves the document as it was", () => {
		const document = row([0, 1]);
		const before = document.encode();
		const base = { width: 1, height: 2, parts: Uint16Array.of(0, 0), table: Uint16Array.of(0) };
		expect(errorOf(() => document.rebase(base, "Model")).message).toMatch(/must be 2 x 1, got 1 x 2/);
		expect(errorOf(() => document.rebase({ ...base, width: 2, height: 1, table: new Uint16Array() }, "")).code).toBe(
			"LABEL_OUT_OF_RANGE",
		);
		expect(document.encode()).toEqual(before);
	});
});
