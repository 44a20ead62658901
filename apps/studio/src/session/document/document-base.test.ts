import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../../fixtures/errors.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { forEachSeed } from "../../../../../fixtures/seeds.ts";
import type { LabelMap } from "../../../../../packages/core/src/labels/index.ts";
import { createRandom } from "../../../../../packages/core/src/rng.ts";
import { baseOfLabels, createDocument, type DocumentBase } from "./index.ts";

describe("baseOfLabels", () => {
	it("gives a document of the same map, also of ids without pixels", () => {
		forEachSeed(30, (seed) => {
			const random = createRandom(seed);
			const count = 2 + Math.floor(random.next() * (seed % 2 ? 300 : 4));
			const length = 20 * 15;
			const values = Array.from({ length }, () => Math.floor(random.next() ** 2 * count));
			const data = count <= 256 ? Uint8Array.from(values) : Uint16Array.from(values);
			const map = { data, width: 20, height: 15, count };
			const labels: LabelMap = seed % 3 ? map : { ...map, background: count - 1 };
			expect(createDocument(baseOfLabels(kernels, labels)).labelMap()).toEqual(labels);
		});
	});

	it("has a part for each connected region, or for each segment where those are too many", () => {
		const data = Uint8Array.of(0, 1, 0, 0, 1, 1);
		const { parts, table } = baseOfLabels(kernels, { data, width: 3, height: 2, count: 2 });
		expect([parts, table]).toEqual([Uint16Array.of(0, 1, 2, 0, 1, 1), Uint16Array.of(0, 1, 0)]);
		const board = Uint8Array.from({ length: 65_536 }, (_, pixel) => (pixel + (pixel >> 8)) % 2);
		const coarse = baseOfLabels(kernels, { data: board, width: 256, height: 256, count: 2 });
		expect([coarse.parts, coarse.table]).toEqual([Uint16Array.from(board), Uint16Array.of(0, 1)]);
	});
});

describe("createDocument", () => {
	const base: DocumentBase = { width: 2, height: 1, parts: Uint16Array.of(0, 1), table: Uint16Array.of(5, 6) };

	it("leaves the arrays that it was given alone", () => {
		const document = createDocument({ ...base, names: new Map([[6, { color: [9, 8, 7] }]]) });
		const stroke = document.beginStroke({ mode: "paint", into: 5, by: "pixels", radius: 9 });
		stroke.extend([{ x: 0, y: 0 }]);
		stroke.end();
		document.undo();
		document.apply({ type: "merge", segments: [6], into: 5 });
		expect([base.parts, base.table]).toEqual([Uint16Array.of(0, 1), Uint16Array.of(5, 6)]);
		document.undo();
		expect(document.segments()[1].color).toEqual([9, 8, 7]);
	});

	it.each<[Partial<DocumentBase>, string, RegExp]>([
		[{ width: 0 }, "OPTION_INVALID", /width/],
		[{ height: 2 }, "SHAPE_MISMATCH", /parts \(height, width\)/],
		[{ table: Uint16Array.of(1) }, "SHAPE_MISMATCH", /parts must be below 1, .* got 1 at pixel 1/],
		[{ table: new Uint16Array(65_536) }, "LABEL_OUT_OF_RANGE", /1 to 65535 parts, got 65536/],
		[{ table: Uint16Array.of(1, 65_535), background: 1 }, "LABEL_OUT_OF_RANGE", /cannot have the id 65535/],
		[{ ids: -1 }, "OPTION_INVALID", /ids/],
	])("refuses %j", (wrong, code, message) => {
		const error = errorOf(() => createDocument({ ...base, ...wrong }));
		expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
	});

	it("refuses the tree of another picture", () => {
		const tree = {
			leaves: 2,
			areas: Float64Array.of(1, 1),
			merges: Uint32Array.of(0, 1),
			heights: new Float32Array(1),
		};
		expect(errorOf(() => createDocument(base, { superpixels: new Uint16Array(3), tree })).code).toBe("SHAPE_MISMATCH");
		const short = { ...tree, merges: new Uint32Array() };
		expect(errorOf(() => createDocument(base, { superpixels: new Uint16Array(2), tree: short })).message).toMatch(
			/merges/,
		);
	});
});
