import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../../fixtures/errors.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { randomTokenGrid } from "../../../../../fixtures/random-token-grid.ts";
import { leavesBelow, randomTree } from "../../../../../fixtures/region-trees.ts";
import { explain } from "./explain.ts";
import { mergesNext } from "./merges-next.ts";

const [WIDTH, HEIGHT] = [56, 42];
const grid = randomTokenGrid({ rows: 3, cols: 4, dim: 5, imageWidth: WIDTH, imageHeight: HEIGHT });

/** One part for each patch. */
const parts = Uint16Array.from({ length: WIDTH * HEIGHT }, (_, at) => {
	return Math.floor(Math.floor(at / WIDTH) / 14) * 4 + Math.floor((at % WIDTH) / 14);
});
const scene = (table: readonly number[]) => ({
	parts,
	width: WIDTH,
	height: HEIGHT,
	table: Uint16Array.from(table),
});

describe("explain", () => {
	const tables = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 12, maxLength: 12 });

	it("lists the other segments by falling likeness, which is mutual", () => {
		fc.assert(
			fc.property(tables, (table) => {
				const ids = [...new Set(table)].sort((a, b) => a - b);
				const likeness = new Map<string, number>();
				for (const id of ids) {
					const { segment, others, similarity } = explain(kernels, grid, scene(table), id);
					expect(segment).toBe(id);
					expect(others.map((other) => other.segment).sort((a, b) => a - b)).toEqual(
						ids.filter((other) => other !== id),
					);
					for (const [at, other] of others.entries()) {
						expect(other.likeness).toBeLessThanOrEqual(others[Math.max(0, at - 1)].likeness);
						const before = likeness.get(`${other.segment} ${id}`);
						expect(other.likeness).toBeCloseTo(before ?? other.likeness, 9);
						likeness.set(`${id} ${other.segment}`, other.likeness);
					}
					expect(similarity).toMatchObject({ kind: "similarity", width: 4, height: 3, channels: 1 });
					expect(similarity.data).toHaveLength(12);
				}
			}),
		);
	});

	it("finds tokens of two kinds to be alike within, and unlike between", () => {
		const halves = { ...grid, data: grid.data.map((_, at) => (Math.floor(at / 5) % 4 < 2 ? 10 : 11) + (at % 5)) };
		const table = Array.from({ length: 12 }, (_, part) => (part % 4 < 2 ? 3 : 8));
		const { similarity, others, mergesNext: next } = explain(kernels, halves, scene(table), 3);
		expect([...similarity.data]).toEqual(table.map((id) => (id === 3 ? 255 : 0)));
		expect(others).toEqual([{ segment: 8, likeness: -1 }]);
		expect(next).toEqual([8]);
	});

	it("leaves out what is no segment, and parts that have no pixel", () => {
		const table = Uint16Array.of(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 9, 9);
		const { others } = explain(kernels, grid, { ...scene([]), table, background: 2 }, 0);
		expect(others.map(({ segment }) => segment)).toEqual([1]);
	});

	it("takes the tree's word for what merges next, if there is one", () => {
		const tree = {
			leaves: 3,
			areas: Float64Array.of(1, 1, 1),
			merges: Uint32Array.of(1, 2, 0, 3),
			heights: Float32Array.of(1, 2),
		};
		const table = [0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0];
		expect(explain(kernels, grid, { ...scene(table), tree }, 1).mergesNext).toEqual([2]);
		expect(explain(kernels, grid, { ...scene(table), tree }, 0).mergesNext).toEqual([1, 2]);
		expect(explain(kernels, grid, { ...scene(new Array(12).fill(4)), tree }, 4)).toMatchObject({
			others: [],
			mergesNext: [],
		});
	});

	it.each([7, 2])("refuses a segment without pixels: %d", (segment) => {
		const table = Uint16Array.of(...new Array(11).fill(0), 2);
		const error = errorOf(() => explain(kernels, grid, { ...scene([]), table, background: 2 }, segment));
		expect(error).toMatchObject({ code: "OPTION_INVALID", message: expect.stringContaining(`got ${segment}`) });
	});
});

describe("mergesNext", () => {
	it("names what lies beside a segment below the lowest node that holds both, as a search through all nodes tells", () => {
		for (let seed = 0; seed < 200; seed++) {
			const tree = randomTree(seed);
			const table = Uint16Array.from({ length: tree.leaves }, (_, leaf) => (leaf * leaf + seed) % 5);
			const background = seed % 3 === 0 ? 1 : undefined;
			for (const segment of new Set(table)) {
				if (segment === background) {
					continue;
				}
				const own = Array.from(table.keys()).filter((leaf) => table[leaf] === segment);
				const idsBelow = (node: number) =>
					[...new Set(leavesBelow(tree, node).map((leaf) => table[leaf]))]
						.filter((id) => id !== segment && id !== background)
						.sort((a, b) => a - b);
				const nodes = Array.from({ length: 2 * tree.leaves - 1 }, (_, node) => node);
				const node = nodes.find(
					(at) => own.every((leaf) => leavesBelow(tree, at).includes(leaf)) && idsBelow(at).length > 0,
				);
				expect(mergesNext(tree, table, segment, background)).toEqual(node === undefined ? [] : idsBelow(node));
			}
		}
	});

	it("says nothing of a segment that has no superpixel", () => {
		expect(mergesNext(randomTree(3), Uint16Array.from({ length: 40 }), 6)).toBeUndefined();
	});
});
