import { describe, expect, it } from "vitest";
import { drawnPartTree } from "../../../../../fixtures/documents.ts";
import { errorOf } from "../../../../../fixtures/errors.ts";
import { forEachSeed } from "../../../../../fixtures/seeds.ts";
import { isDinosegError } from "../../../../../packages/core/src/errors/index.ts";
import { createRandom } from "../../../../../packages/core/src/rng.ts";
import { createDocument, decodeDocument, type LabelDocument } from "./index.ts";

/** One that has all that can be written. */
function editedDocument(): LabelDocument {
	const tree = drawnPartTree(3, 20, 10);
	const parts = tree.superpixels;
	const table = Uint16Array.from({ length: tree.tree.leaves }, (_, leaf) => leaf % 3);
	const document = createDocument({ width: 20, height: 10, parts, table, background: 2, ids: 900 }, tree);
	document.apply({ type: "rename", segment: 0, name: "Höhle 🌍" });
	document.apply({ type: "recolor", segment: 1, color: [1, 200, 3] });
	const stroke = document.beginStroke({ mode: "paint", into: "new", by: "pixels", radius: 3 });
	stroke.extend([
		{ x: 4, y: 4 },
		{ x: 15, y: 8 },
	]);
	stroke.end();
	document.apply({ type: "lock", segments: [1], isLocked: true });
	document.apply({ type: "hide", segments: [0], isHidden: true });
	return document;
}

describe("decodeDocument", () => {
	it("gives the document that was written, which can be edited on", () => {
		const document = editedDocument();
		const again = decodeDocument(document.encode(), drawnPartTree(3, 20, 10));
		for (const each of [document, again]) {
			const stroke = each.beginStroke({ mode: "erase", by: "pixels", radius: 2 });
			stroke.extend([{ x: 9, y: 6 }]);
			stroke.end();
			each.apply({ type: "walk", segments: [0], step: 1 });
		}
		expect(again.encode()).toEqual(document.encode());
		expect(again.segments()).toEqual(document.segments());
		expect(again.labelMap()).toEqual(document.labelMap());
		expect([again.background, again.isEdited, again.needsTree]).toEqual([65_535, true, false]);
	});

	it("refuses every beginning of it, and what has more bytes", () => {
		const bytes = editedDocument().encode();
		for (let length = 0; length < bytes.length; length++) {
			expect(errorOf(() => decodeDocument(bytes.subarray(0, length))).code).toBe("RESULT_INVALID");
		}
		expect(errorOf(() => decodeDocument(Uint8Array.of(...bytes, 0))).message).toMatch(/more bytes than it has/);
	});

	it("refuses changed bytes or gives a document of which all is in order", () => {
		const bytes = editedDocument().encode();
		forEachSeed(300, (seed) => {
			const random = createRandom(seed);
			const changed = bytes.slice();
			for (let change = 0; change < 1 + (seed % 4); change++) {
				changed[Math.floor(random.next() * bytes.length)] = Math.floor(random.next() * 256);
			}
			try {
				const document = decodeDocument(changed);
				expect(document.parts.length).toBe(document.width * document.height);
				expect(document.parts.every((part) => part < document.table.length)).toBe(true);
				expect(decodeDocument(document.encode()).encode()).toEqual(document.encode());
			} catch (error) {
				expect(isDinosegError(error) && error.code, String(error)).toBe("RESULT_INVALID");
			}
		});
	});

	it.each([
		[[2], /another version/],
		[[1, 0, 4], /a picture of 0 x 4 pixels/],
		[[1, 128, 128, 64, 128, 128, 64], /a picture of 1048576 x 1048576 pixels/],
		[[1, 255, 255, 255, 255, 255, 255], /no width/],
		[[1, 4, 4, 0, 0, 0, 0, 0, 0], /0 parts, 0 before edits/],
		[[1, 4, 4, 0, 0, 0, 2, 0, 1], /1 parts, 2 before edits/],
		[[1, 4, 4, 0, 0, 0, 1, 0, 1, 7, 7, 0, 0, 0], /a run of no pixels/],
		[[1, 4, 4, 0, 0, 0, 1, 0, 1, 7, 7, 0, 17, 0], /run of pixels of 17, which can be 16 at most/],
		[[1, 4, 4, 0, 0, 0, 1, 0, 1, 7, 7, 0, 16, 1], /part of 1, which can be 0 at most/],
	])("refuses %j", (bytes, message) => {
		const error = errorOf(() => decodeDocument(Uint8Array.from(bytes)));
		expect([error.code, error.message]).toEqual(["RESULT_INVALID", expect.stringMatching(message)]);
	});

	it("refuses the tree of another picture", () => {
		const bytes = editedDocument().encode();
		expect(errorOf(() => decodeDocument(bytes, drawnPartTree(3, 19, 10))).code).toBe("SHAPE_MISMATCH");
		const tree = { leaves: 1, areas: Float64Array.of(200), merges: new Uint32Array(), heights: new Float32Array() };
		const error = errorOf(() => decodeDocument(bytes, { superpixels: new Uint16Array(200), tree }));
		expect(error.message).toMatch(/has the superpixel \d+, got a tree of 1/);
	});
});
