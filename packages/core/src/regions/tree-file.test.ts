import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../fixtures/errors.ts";
import { randomTree } from "../../../../fixtures/region-trees.ts";
import { type DescribedTree, decodeRegionTree, encodeRegionTree } from "./tree-file.ts";

function described(seed: number, dim: number): DescribedTree {
	const tree = randomTree(seed);
	const data = Float32Array.from({ length: tree.leaves * dim }, (_, index) => Math.sin(index));
	return { tree, features: { data, rows: tree.leaves, cols: dim } };
}

describe("the file of a region tree", () => {
	it("gives back what was written, wherever the bytes lie in memory", () => {
		fc.assert(
			fc.property(fc.nat(1000), fc.nat(20), fc.nat(9), (seed, dim, offset) => {
				const given = described(seed, dim);
				const bytes = encodeRegionTree(given);
				const shifted = new Uint8Array(bytes.length + offset).subarray(offset);
				shifted.set(bytes);
				expect(decodeRegionTree(shifted)).toEqual(given);
			}),
		);
	});

	it("begins with a JSON that says its shape", () => {
		const given = described(3, 7);
		const bytes = encodeRegionTree(given);
		const length = new DataView(bytes.buffer).getUint32(0, true);
		expect((4 + length) % 8).toBe(0);
		expect(JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)))).toEqual({
			leaves: given.tree.leaves,
			dim: 7,
		});
	});

	it("refuses features of other superpixels", () => {
		const { tree, features } = described(3, 7);
		const fewer = { ...features, rows: features.rows + 1 };
		expect(errorOf(() => encodeRegionTree({ tree, features: fewer }))).toMatchObject({ code: "SHAPE_MISMATCH" });
	});

	it("refuses all other bytes", () => {
		const bytes = encodeRegionTree(described(3, 7));
		fc.assert(
			fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), (length) => {
				expect(errorOf(() => decodeRegionTree(bytes.subarray(0, length)))).toMatchObject({ code: "RESULT_INVALID" });
			}),
		);
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
				expect(errorOf(() => decodeRegionTree(noise))).toMatchObject({ code: "RESULT_INVALID" });
			}),
		);
	});
});
