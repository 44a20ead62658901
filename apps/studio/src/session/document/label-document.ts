import { checkInteger, DinosegError } from "@dinoseg/core/errors";
import { allocateLabels, type LabelMap } from "@dinoseg/core/labels";
import type { Change, Edit, StrokeStyle } from "../edits.ts";
import type { PartPatch, Rect, SceneSegment } from "../scene.ts";
import { checkTree, type DocumentBase, stateOfBase } from "./document-base.ts";
import { type DocumentState, listSegments, type PartTree } from "./document-state.ts";
import { decodeState, encodeState } from "./encode-state.ts";
import { History } from "./history.ts";
import { DeltaEntry, keepState, ReplacementEntry, restoreState, type StateHolder } from "./history-entries.ts";
import { MOST_IDS } from "./part-store.ts";
import { labelOfEdit, performEdit } from "./perform-edit.ts";
import { rebaseState } from "./rebase.ts";
import { createStroke, type Stroke } from "./stroke.ts";
import { recutSegments } from "./table-edits.ts";
import { Transaction } from "./transaction.ts";

/** Memory for steps that can be taken back. */
const HISTORY_BYTES = 64 * 2 ** 20;

/** The segments of a picture, as a person edits them. Whatever throws leaves the document as it was. */
export interface LabelDocument<Context = unknown> {
	readonly width: number;
	readonly height: number;
	/** Part of each pixel, to be read only; the same memory for good. Shape (height, width). */
	readonly parts: Uint16Array;
	/** Segment of each part, to be read only; another view after each change. Shape (parts,). */
	readonly table: Uint16Array;
	/** The id in `table` of what is no segment: 65,535, whatever it was in the base. @default every pixel has a segment */
	readonly background: number | undefined;
	/** True if something was done by hand that another cut would undo. */
	readonly isEdited: boolean;
	/** True until a tree is there, which `walk` needs. */
	readonly needsTree: boolean;
	/** What the last cut or base was made with, by its maker's words; undo and redo bring it back. @default they said nothing */
	readonly context: Context | undefined;
	/** What `undo` would take back. @default nothing */
	readonly undoLabel: string | undefined;
	/** What `redo` would do again. @default nothing */
	readonly redoLabel: string | undefined;
	/** By rising id, those with pixels. */
	segments(): SceneSegment[];
	/**
	 * Do an edit. What changes nothing is no step.
	 *
	 * @param gesture edits one after the other of the same one are one step. @default a step of its own
	 * @throws DinosegError OPTION_INVALID for a segment that is not there, or is locked, and for other wrong values;
	 *   LABEL_OUT_OF_RANGE for too many parts or segments
	 */
	apply(edit: Edit, gesture?: number): Change;
	/**
	 * Cut the same parts into other segments. Locked ones stay as they are; a segment of the cut that has the id of one gets
	 * a free id. Names and colours stay with the ids, but for those of segments made by hand.
	 *
	 * @param table segment of each base part; those without data may be left out at the end. Shape (base parts,).
	 * @throws DinosegError SHAPE_MISMATCH, OPTION_INVALID
	 */
	recut(table: Uint16Array, label: string, gesture?: number, context?: Context): Change;
	/**
	 * Put other parts in the place of these. Locked segments keep their pixels that have data; a segment of the base that
	 * has the id of one gets a free id.
	 *
	 * @param tree of the new parts. @default none: give it by `setTree`
	 * @throws DinosegError SHAPE_MISMATCH, OPTION_INVALID, LABEL_OUT_OF_RANGE
	 */
	rebase(base: DocumentBase, label: string, tree?: PartTree, gesture?: number, context?: Context): Change;
	/**
	 * Begin to paint, or to erase. Any other change ends the stroke.
	 *
	 * @throws DinosegError OPTION_INVALID for a segment that is not there, or is locked, and for a wrong radius
	 */
	beginStroke(style: StrokeStyle): Stroke;
	/** Take the last step back; undefined if there is none. */
	undo(): Change | undefined;
	/** Do the last step that was taken back again; undefined if there is none. */
	redo(): Change | undefined;
	/** Give the tree of the picture. It is no step. @throws DinosegError SHAPE_MISMATCH */
	setTree(tree: PartTree): void;
	/** Copy the parts of a rectangle. @throws DinosegError OPTION_INVALID unless it lies within the picture */
	patch(rect: Rect): PartPatch;
	/** The segment of each pixel, for exports; the background has the last id. */
	labelMap(): LabelMap;
	/** The segments as bytes, without the steps and the tree. Equal documents give equal bytes. */
	encode(): Uint8Array;
}

/**
 * Begin a document.
 *
 * @param tree of the picture. Where its superpixels are the parts, `recut` takes its cuts. @default none: `setTree`
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH, LABEL_OUT_OF_RANGE for more than 65,535 parts
 */
export function createDocument<Context>(
	base: DocumentBase,
	tree?: PartTree,
	context?: Context,
): LabelDocument<Context> {
	return new StateDocument<Context>({ ...stateOfBase(base, tree), context });
}

/**
 * The document of `encode`, without steps.
 *
 * @param tree that it had. @default none: `setTree`
 * @throws DinosegError RESULT_INVALID if the bytes are anything else; SHAPE_MISMATCH for a tree of another picture
 */
export function decodeDocument<Context>(bytes: Uint8Array, tree?: PartTree, context?: Context): LabelDocument<Context> {
	const document = new StateDocument<Context>({ ...decodeState(bytes), context });
	if (tree !== undefined) {
		document.setTree(tree);
	}
	return document;
}

class StateDocument<Context> implements LabelDocument<Context> {
	readonly #holder: StateHolder;
	readonly #history = new History(HISTORY_BYTES);
	#stroke: Stroke | undefined;

	constructor(state: DocumentState) {
		this.#holder = { state };
	}

	get #state(): DocumentState {
		return this.#holder.state;
	}

	get width(): number {
		return this.#state.parts.width;
	}

	get height(): number {
		return this.#state.parts.height;
	}

	get parts(): Uint16Array {
		return this.#state.parts.data;
	}

	get table(): Uint16Array {
		const { table, count } = this.#state.parts;
		return table.subarray(0, count);
	}

	get background(): number | undefined {
		return this.#state.background;
	}

	get isEdited(): boolean {
		return this.#state.isEdited;
	}

	get needsTree(): boolean {
		return this.#state.tree === undefined;
	}

	get context(): Context | undefined {
		return this.#state.context as Context | undefined;
	}

	get undoLabel(): string | undefined {
		return this.#history.undoLabel;
	}

	get redoLabel(): string | undefined {
		return this.#history.redoLabel;
	}

	segments(): SceneSegment[] {
		return listSegments(this.#state);
	}

	apply(edit: Edit, gesture?: number): Change {
		return this.#change((transaction) => performEdit(transaction, edit), labelOfEdit(edit), gesture);
	}

	recut(table: Uint16Array, label: string, gesture?: number, context?: Context): Change {
		return this.#change(
			(transaction) => {
				recutSegments(transaction, table);
				transaction.state.context = context;
				return true;
			},
			label,
			gesture,
		);
	}

	rebase(base: DocumentBase, label: string, tree?: PartTree, gesture?: number, context?: Context): Change {
		this.#stroke?.end();
		const before = keepState(this.#state);
		try {
			this.#holder.state = { ...rebaseState(this.#state, base, tree), context };
		} catch (error) {
			restoreState(this.#holder, before);
			throw error;
		}
		this.#history.push(new ReplacementEntry(this.#holder, before), label, gesture);
		return { rects: [{ x: 0, y: 0, width: this.width, height: this.height }] };
	}

	beginStroke(style: StrokeStyle): Stroke {
		this.#stroke?.end();
		const transaction = new Transaction(this.#state);
		this.#stroke = this.#orRollback(transaction, () =>
			createStroke(transaction, style, (end) => {
				this.#stroke = undefined;
				if (end === "undone") {
					return transaction.rollback();
				}
				this.#state.isEdited = true;
				this.#commit(transaction, style.mode === "erase" ? "Erase" : "Paint");
				return [];
			}),
		);
		return this.#stroke;
	}

	undo(): Change | undefined {
		this.#stroke?.end();
		const rects = this.#history.undo();
		return rects && { rects };
	}

	redo(): Change | undefined {
		this.#stroke?.end();
		const rects = this.#history.redo();
		return rects && { rects };
	}

	setTree(tree: PartTree): void {
		checkTree(tree, this.width, this.height);
		const { leaves, count } = this.#state.parts;
		const highest = leaves.subarray(0, count).reduce((most, leaf) => Math.max(most, leaf), -1);
		if (highest >= tree.tree.leaves) {
			throw new DinosegError(
				"SHAPE_MISMATCH",
				`setTree: the document has the superpixel ${highest}, got a tree of ${tree.tree.leaves}. Give that of the same picture.`,
				{ details: { expected: highest + 1, actual: tree.tree.leaves } },
			);
		}
		this.#state.tree = tree;
	}

	patch(rect: Rect): PartPatch {
		const { x, y, width, height } = rect;
		checkInteger("patch", "x", x, { min: 0, max: this.width - 1 });
		checkInteger("patch", "y", y, { min: 0, max: this.height - 1 });
		checkInteger("patch", "width", width, { min: 1, max: this.width - x });
		checkInteger("patch", "height", height, { min: 1, max: this.height - y });
		const data = new Uint16Array(width * height);
		for (let row = 0; row < height; row++) {
			const from = (y + row) * this.width + x;
			data.set(this.parts.subarray(from, from + width), row * width);
		}
		return { rect, data };
	}

	labelMap(): LabelMap {
		const { parts, background, ids } = this.#state;
		let count = ids;
		for (let id = count; id < MOST_IDS; id++) {
			count = parts.pixels[id] > 0 && id !== background ? id + 1 : count;
		}
		const table = this.table.map((segment) => (segment === background ? count : segment));
		const all = background === undefined ? count : count + 1;
		const data = allocateLabels(parts.data.length, all);
		for (let pixel = 0; pixel < data.length; pixel++) {
			data[pixel] = table[parts.data[pixel]];
		}
		const map = { data, width: this.width, height: this.height, count: all };
		return background === undefined ? map : { ...map, background: count };
	}

	encode(): Uint8Array {
		return encodeState(this.#state);
	}

	#change(work: (transaction: Transaction) => boolean, label: string, gesture: number | undefined): Change {
		this.#stroke?.end();
		const transaction = new Transaction(this.#state);
		if (!this.#orRollback(transaction, () => work(transaction))) {
			transaction.rollback();
			return { rects: [] };
		}
		this.#commit(transaction, label, gesture);
		return { rects: transaction.takeRects() };
	}

	#orRollback<T>(transaction: Transaction, work: () => T): T {
		try {
			return work();
		} catch (error) {
			transaction.rollback();
			throw error;
		}
	}

	#commit(transaction: Transaction, label: string, gesture?: number): void {
		const delta = transaction.commit();
		if (delta !== undefined) {
			this.#history.push(new DeltaEntry(this.#holder, delta), label, gesture);
		}
	}
}
