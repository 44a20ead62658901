import { cutIntoRegions } from "@dinoseg/core/regions";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawnPartTree } from "../../../../../fixtures/documents.ts";
import { errorOf } from "../../../../../fixtures/errors.ts";
import { firstDifference } from "../../../../../fixtures/first-difference.ts";
import { isFull } from "../../../../../fixtures/is-full.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { isDinosegError } from "../../../../../packages/core/src/errors/index.ts";
import type { Change, Edit, StrokeStyle } from "../edits.ts";
import type { Rect } from "../scene.ts";
import {
	baseOfLabels,
	baseOfRegions,
	createDocument,
	type DocumentBase,
	decodeDocument,
	type LabelDocument,
} from "./index.ts";

const [WIDTH, HEIGHT] = [24, 18];
/** What no cut is made with. */
const FIRST_CONTEXT = -1;

/** Numbers that an edit is made of; which segments they mean depends on what is there. */
interface Numbers {
	readonly kind: (typeof KINDS)[number];
	readonly a: number;
	readonly b: number;
	readonly c: number;
	readonly isFirst: boolean;
	readonly isSecond: boolean;
	readonly points: readonly { readonly x: number; readonly y: number }[];
}

const KINDS = [
	...(["merge", "splitParts", "walk", "lasso", "rename", "recolor", "lock", "hide", "recut", "rebase"] as const),
	...(["stroke", "stroke", "stroke", "walk", "lasso", "undo", "undo", "redo"] as const),
];

const coordinate = fc.double({ min: -4, max: 28, noNaN: true });
const numbers: fc.Arbitrary<Numbers> = fc.record({
	kind: fc.constantFrom(...KINDS),
	a: fc.nat(999),
	b: fc.nat(999),
	c: fc.nat(3),
	isFirst: fc.boolean(),
	isSecond: fc.boolean(),
	points: fc.array(fc.record({ x: coordinate, y: coordinate }), { minLength: 3, maxLength: 6 }),
});

/** Regions of a picture whose last column has no data, or the clusters of a small map. */
function drawnBase(seed: number): { readonly base: DocumentBase; readonly tree: ReturnType<typeof drawnPartTree> } {
	const tree = drawnPartTree(seed, WIDTH, HEIGHT);
	const { leaves } = tree.tree;
	const count = 1 + (seed % leaves);
	if (seed % 3 === 0) {
		const data = Uint8Array.from(tree.superpixels, (leaf, pixel) => (pixel % WIDTH < 2 ? count : (leaf * 7) % count));
		const labels = { data, width: WIDTH, height: HEIGHT, count: count + 1, background: count };
		return { base: baseOfLabels(kernels, labels), tree };
	}
	const valid = Uint8Array.from(tree.superpixels.keys(), (pixel) => (pixel % WIDTH === WIDTH - 1 ? 0 : 1));
	const size = { width: WIDTH, height: HEIGHT };
	return { base: baseOfRegions(tree, size, cutIntoRegions(tree.tree, count), valid), tree };
}

function perform(document: LabelDocument, { kind, a, b, c, isFirst, isSecond, points }: Numbers): Change | undefined {
	const ids = document.segments().map(({ id }) => id);
	const [first, second] = [ids[a % ids.length], ids[b % ids.length]];
	const by = isFirst ? "pixels" : "parts";
	const into = isSecond ? "new" : first;
	switch (kind) {
		case "undo":
			return document.undo();
		case "redo":
			return document.redo();
		case "recut":
			return document.recut(cutOf(document, a), "Cut", c, a);
		case "rebase": {
			const { base, tree } = drawnBase(a);
			return document.rebase(base, "Model", tree, c, a);
		}
		case "stroke":
			return paint(document, { mode: c === 0 ? "erase" : "paint", into, by, radius: 0.4 + c }, points, a % 4 === 0);
		default: {
			const edits: Record<Edit["type"], Edit> = {
				merge: { type: "merge", segments: [first, second], into: second },
				splitParts: { type: "splitParts", segment: first },
				walk: { type: "walk", segments: isFirst ? [first] : [first, second], step: isSecond ? 1 : -1 },
				lasso: { type: "lasso", polygon: Float32Array.from(points.flatMap(({ x, y }) => [x, y])), by, into },
				rename: { type: "rename", segment: first, name: `name ${c}` },
				recolor: { type: "recolor", segment: first, color: [a % 256, b % 256, c] },
				lock: { type: "lock", segments: [first], isLocked: c === 0 },
				hide: { type: "hide", segments: [first, second], isHidden: isFirst },
			};
			return document.apply(edits[kind], c);
		}
	}
}

/** Segments for the parts that the document says it has. */
function cutOf(document: LabelDocument, a: number): Uint16Array {
	const { details } = errorOf(() => document.recut(new Uint16Array(65_536), "Cut"));
	return Uint16Array.from({ length: Number(details["expected"]) }, (_, part) => (part * a) % 11);
}

function paint(document: LabelDocument, style: StrokeStyle, points: Numbers["points"], isCancelled: boolean): Change {
	const stroke = document.beginStroke(style);
	const changes = points.map((point) => stroke.extend([point]));
	if (isCancelled) {
		expect(stroke.cancel().rects.length > 0).toBe(changes.some(({ rects }) => rects.length > 0));
		return { rects: [] };
	}
	changes.push(stroke.end());
	expect(stroke.extend(points).rects).toEqual([]);
	return { rects: changes.flatMap(({ rects }) => rects) };
}

const labelsOf = ({ parts, table }: LabelDocument) => Array.from(parts, (part) => table[part]);

/** What holds after each change. */
function checkDocument(document: LabelDocument): void {
	const counts = new Map<number, number>();
	for (const label of labelsOf(document)) {
		counts.set(label, (counts.get(label) ?? 0) + 1);
	}
	counts.delete(document.background ?? -1);
	const expected = [...counts].sort(([a], [b]) => a - b);
	expect(document.segments().map(({ id, pixels }) => [id, pixels])).toEqual(expected);
	const { data, count, background } = document.labelMap();
	expect(background).toBe(count - 1);
	const labels = Array.from(data, (id) => (id === background ? (document.background ?? -1) : id));
	expect(firstDifference(labels, labelsOf(document))).toBe(-1);
}

/** Nothing but what follows `rects` has other parts, and locked segments and the background stay where they are. */
function checkChange(document: LabelDocument, work: () => Change | undefined, isUndo: boolean): void {
	const before = { parts: document.parts.slice(), labels: labelsOf(document), segments: document.segments() };
	const encoded = document.encode();
	let change: Change | undefined;
	try {
		change = work();
	} catch (error) {
		expect(isDinosegError(error), String(error)).toBe(true);
		expect((error as Error).message).toMatch(/is locked/);
		expect(document.encode()).toEqual(encoded);
		return;
	}
	const rects = change?.rects ?? [];
	const moved = [...document.parts.keys()].filter((pixel) => document.parts[pixel] !== before.parts[pixel]);
	expect(moved.filter((pixel) => !rects.some((rect) => isWithin(rect, pixel)))).toEqual([]);
	if (!isUndo) {
		const locked = new Set(before.segments.filter(({ isLocked }) => isLocked).map(({ id }) => id));
		const labels = labelsOf(document);
		const wrong = [...labels.keys()].filter((pixel) => {
			const [from, to] = [before.labels[pixel], labels[pixel]];
			return from !== to && (locked.has(to) || (locked.has(from) && to !== document.background));
		});
		expect(wrong).toEqual([]);
	}
}

function isWithin({ x, y, width, height }: Rect, pixel: number): boolean {
	const [column, row] = [pixel % WIDTH, Math.floor(pixel / WIDTH)];
	return column >= x && column < x + width && row >= y && row < y + height;
}

describe("a document", () => {
	it("is as it was after any edits were taken back, and as it became when they are done again", () => {
		fc.assert(
			fc.property(fc.nat(99), fc.array(numbers, { minLength: 200, maxLength: 200, size: "max" }), (seed, edits) => {
				const { base, tree } = drawnBase(seed);
				const document = createDocument(base, tree, FIRST_CONTEXT);
				const first = document.encode();
				for (const edit of edits) {
					const isUndo = edit.kind === "undo" || edit.kind === "redo";
					checkChange(document, () => perform(document, edit), isUndo);
					checkDocument(document);
				}
				const last = document.encode();
				const { context } = document;
				const decoded = decodeDocument(last, undefined, context);
				expect(decoded.context).toBe(context);
				expect(decoded.encode()).toEqual(last);
				expect(decoded.segments()).toEqual(document.segments());
				let steps = 0;
				while (document.undo()) {
					steps++;
				}
				expect(document.encode()).toEqual(first);
				expect(document.context).toBe(FIRST_CONTEXT);
				for (let step = 0; step < steps; step++) {
					document.redo();
				}
				expect(document.encode()).toEqual(last);
				expect(document.context).toBe(context);
				while (document.undo()) {}
				expect(document.encode()).toEqual(first);
			}),
			{ numRuns: isFull ? 30 : 3, endOnFailure: true },
		);
	});
});
