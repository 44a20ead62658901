import { cutIntoRegions } from "@dinoseg/core/regions";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../../fixtures/errors.ts";
import { randomTree } from "../../../../../fixtures/region-trees.ts";
import { forEachSeed } from "../../../../../fixtures/seeds.ts";
import { createDocument, type LabelDocument, type PartTree } from "./index.ts";

/** One row, in which each superpixel has as many pixels as the tree says. */
function rowOf(seed: number): PartTree {
	const tree = randomTree(seed);
	const superpixels = Uint16Array.from([...tree.areas].flatMap((area, leaf) => new Array<number>(area).fill(leaf)));
	return { superpixels, tree };
}

const labelsOf = ({ parts, table }: LabelDocument) => Array.from(parts, (part) => table[part]);

function walkAll(document: LabelDocument, step: 1 | -1): number {
	return document.apply({ type: "walk", segments: document.segments().map(({ id }) => id), step }).rects.length;
}

describe("walk", () => {
	it("goes through the cuts of the tree where it is about all segments, from superpixels and from one part", () => {
		forEachSeed(20, (seed) => {
			const given = rowOf(seed);
			const { superpixels, tree } = given;
			const size = { width: superpixels.length, height: 1 };
			const regions = createDocument({ ...size, parts: superpixels, table: new Uint16Array(tree.leaves) }, given);
			const cluster = createDocument({ ...size, parts: new Uint16Array(size.width), table: new Uint16Array(1) });
			cluster.setTree(given);
			for (const document of [regions, cluster]) {
				const expected = (count: number) => {
					const table = cutIntoRegions(tree, count);
					return Array.from(superpixels, (leaf) => table[leaf]);
				};
				for (let count = 2; count <= tree.leaves; count++) {
					walkAll(document, 1);
					expect(labelsOf(document)).toEqual(expected(count));
				}
				for (let count = tree.leaves - 1; count >= 1; count--) {
					walkAll(document, -1);
					expect(labelsOf(document)).toEqual(expected(count));
				}
			}
		});
	});

	it("makes one segment more of one, and the same one again of both, whatever the rest is", () => {
		forEachSeed(40, (seed) => {
			const given = rowOf(seed);
			const { superpixels, tree } = given;
			const table = Uint16Array.from({ length: tree.leaves }, (_, leaf) => (leaf * (seed + 1)) % 4);
			const document = createDocument({ width: superpixels.length, height: 1, parts: superpixels, table }, given);
			for (const { id } of document.segments()) {
				const before = labelsOf(document);
				const ids = new Set(before);
				document.apply({ type: "walk", segments: [id], step: 1 });
				const added = document.segments().filter((segment) => !ids.has(segment.id));
				expect(added.length).toBe(table.filter((segment) => segment === id).length > 1 ? 1 : 0);
				document.apply({ type: "walk", segments: [id, ...added.map((segment) => segment.id)], step: -1 });
				expect(labelsOf(document)).toEqual(before);
			}
		});
	});

	it("is no step where nothing is left to undo or to do, and takes a refinement for that back", () => {
		const tree = { leaves: 1, areas: Float64Array.of(4), merges: new Uint32Array(), heights: new Float32Array() };
		const base = { width: 2, height: 2, parts: Uint16Array.of(0, 0, 1, 1), table: Uint16Array.of(0, 1) };
		const document = createDocument(base, { superpixels: new Uint16Array(4), tree });
		const first = document.encode();
		expect(document.apply({ type: "walk", segments: [0], step: 1 })).toEqual({ rects: [] });
		expect(document.apply({ type: "walk", segments: [0], step: -1 })).toEqual({ rects: [] });
		expect(document.undoLabel).toBeUndefined();
		expect(document.encode()).toEqual(first);
		expect(document.apply({ type: "walk", segments: [0, 1], step: -1 }).rects).toEqual([
			{ x: 0, y: 0, width: 2, height: 2 },
		]);
		expect(document.segments().map(({ id }) => id)).toEqual([0]);
		expect(document.undoLabel).toBe("Coarser");
	});

	it("needs a tree", () => {
		const document = createDocument({ width: 1, height: 1, parts: Uint16Array.of(0), table: Uint16Array.of(3) });
		expect(document.needsTree).toBe(true);
		const error = errorOf(() => document.apply({ type: "walk", segments: [3], step: 1 }));
		expect([error.code, error.message]).toEqual(["OPTION_INVALID", expect.stringMatching(/no region tree yet/)]);
	});
});
