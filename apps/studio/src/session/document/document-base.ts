import { checkInteger, checkLength, DinosegError } from "@dinoseg/core/errors";
import { type LabelMap, labelRegions, type SegmentNames } from "@dinoseg/core/labels";
import type { Kernels } from "@dinoseg/kernels";
import { type Attributes, BACKGROUND, type DocumentState, type PartTree, PLAIN } from "./document-state.ts";
import { MOST_IDS, MOST_PARTS, PartStore, type PartTable } from "./part-store.ts";

/** What a document begins with. */
export interface DocumentBase {
	readonly width: number;
	readonly height: number;
	/** Part of each pixel; of regions, parts that have data are superpixels. Copied. Shape (height, width). */
	readonly parts: Uint16Array;
	/** Segment of each part. Shape (parts,), at most 65,535. */
	readonly table: Uint16Array;
	/** The id in `table` of what is no segment: never painted, merged, or listed. @default every pixel has a segment */
	readonly background?: number | undefined;
	/** Number of ids of segments, also where the last ones have no pixels. @default as many as pixels have */
	readonly ids?: number | undefined;
	/** Names and colours to begin with. @default those of the ids */
	readonly names?: SegmentNames | undefined;
}

/** Parts that are kept free for what people paint. */
const HEADROOM = 16_384;

/**
 * The base of a label map, such as clusters or a file: its parts are the 4-connected regions, or its segments where there
 * are more than 49,151 regions.
 *
 * @throws DinosegError SHAPE_MISMATCH; LABEL_OUT_OF_RANGE for 65,536 segments
 */
export function baseOfLabels(kernels: Kernels, labels: LabelMap): DocumentBase {
	const { width, height, background } = labels;
	const { data, count, segments } = labelRegions(kernels, labels);
	const isSplit = count <= MOST_PARTS - HEADROOM;
	const table = isSplit ? segments : Uint16Array.from({ length: labels.count }, (_, id) => id);
	if (table.length > MOST_PARTS) {
		throw new DinosegError(
			"LABEL_OUT_OF_RANGE",
			`baseOfLabels: a map can have ${MOST_PARTS} segments to be edited, got ${table.length}. Merge some first.`,
			{ details: { max: MOST_PARTS, value: table.length } },
		);
	}
	const parts = new Uint16Array(isSplit ? data : labels.data);
	return { width, height, parts, table, background, ids: labels.count - (background === undefined ? 0 : 1) };
}

/**
 * The base of a cut of a region tree: its parts are the superpixels, and one more for pixels without data.
 *
 * @param table segment of each superpixel. Shape (leaves,).
 * @param valid 1 where there are data. Shape (height, width). Default: everywhere.
 * @throws DinosegError SHAPE_MISMATCH
 */
export function baseOfRegions(
	{ superpixels, tree }: PartTree,
	size: Pick<DocumentBase, "width" | "height">,
	table: Uint16Array,
	valid?: Uint8Array,
): DocumentBase {
	const { width, height } = size;
	checkLength("baseOfRegions", "table (leaves)", table, tree.leaves);
	if (valid === undefined) {
		return { width, height, parts: superpixels, table };
	}
	checkLength("baseOfRegions", "valid (height, width)", valid, height, width);
	const parts = superpixels.slice();
	for (let pixel = 0; pixel < parts.length; pixel++) {
		parts[pixel] = valid[pixel] === 0 ? tree.leaves : parts[pixel];
	}
	return { width, height, parts, table: Uint16Array.of(...table, BACKGROUND), background: BACKGROUND };
}

/**
 * A state that holds a base, and nothing done by hand.
 *
 * @param into the store to fill, of the same size. @default a new one
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH, LABEL_OUT_OF_RANGE
 */
export function stateOfBase(base: DocumentBase, tree: PartTree | undefined, into?: PartStore): DocumentState {
	checkBase(base);
	if (tree !== undefined) {
		checkTree(tree, base.width, base.height);
	}
	const parts = into ?? new PartStore(new Uint16Array(base.parts.length), base.width, base.height);
	parts.data.set(base.parts);
	parts.load(tableOf(base, tree));
	const attributes = new Map<number, Attributes>();
	for (const [id, { name, color }] of base.names ?? []) {
		if (id !== base.background) {
			attributes.set(id, { ...PLAIN, name, color });
		}
	}
	const background = base.background === undefined ? undefined : BACKGROUND;
	return { parts, attributes, background, ids: base.ids ?? 0, isEdited: false, context: undefined, tree };
}

/** Throw unless a tree is one of a picture of this size. @throws DinosegError SHAPE_MISMATCH */
export function checkTree({ superpixels, tree }: PartTree, width: number, height: number): void {
	checkLength("document", "superpixels (height, width)", superpixels, height, width);
	checkLength("document", "merges (leaves - 1, 2)", tree.merges, tree.leaves - 1, 2);
}

function checkBase({ width, height, parts, table, background, ids = 0 }: DocumentBase): void {
	const side = { min: 1, max: Number.MAX_SAFE_INTEGER };
	checkInteger("document", "width", width, side);
	checkInteger("document", "height", height, side);
	checkInteger("document", "ids", ids, { min: 0, max: MOST_IDS });
	checkLength("document", "parts (height, width)", parts, height, width);
	if (table.length < 1 || table.length > MOST_PARTS) {
		throw new DinosegError(
			"LABEL_OUT_OF_RANGE",
			`document: a picture can be cut into 1 to ${MOST_PARTS} parts, got ${table.length}. Use larger ones.`,
			{ details: { max: MOST_PARTS, value: table.length } },
		);
	}
	let wrong = 0;
	while (wrong < parts.length && parts[wrong] < table.length) {
		wrong++;
	}
	if (wrong < parts.length) {
		throw new DinosegError(
			"SHAPE_MISMATCH",
			`document: parts must be below ${table.length}, as many as the table has, got ${parts[wrong]} at pixel ${wrong}.`,
			{ details: { expected: table.length, actual: parts[wrong] } },
		);
	}
	if (background !== undefined && background !== BACKGROUND && table.includes(BACKGROUND)) {
		throw new DinosegError(
			"LABEL_OUT_OF_RANGE",
			`document: where there are pixels without data, a segment cannot have the id ${BACKGROUND}. Give it another.`,
			{ details: { max: BACKGROUND - 1, value: BACKGROUND } },
		);
	}
}

function tableOf({ parts, table: given, background }: DocumentBase, tree: PartTree | undefined): PartTable {
	const table = given.map((segment) => (segment === background ? BACKGROUND : segment));
	const baseLeaves = tree !== undefined && areSuperpixels(parts, table, tree) ? tree.tree.leaves : 0;
	const none = { roots: new Uint16Array(), leaves: new Int32Array() };
	return { baseCount: table.length, baseLeaves, table, origins: table.slice(), ...none };
}

/** Whether the part of each pixel with data is its superpixel. */
function areSuperpixels(parts: Uint16Array, table: Uint16Array, { superpixels, tree }: PartTree): boolean {
	if (table.length < tree.leaves) {
		return false;
	}
	for (let pixel = 0; pixel < parts.length; pixel++) {
		if (parts[pixel] !== superpixels[pixel] && table[parts[pixel]] !== BACKGROUND) {
			return false;
		}
	}
	return true;
}
