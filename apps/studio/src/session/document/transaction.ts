import type { Rect } from "../scene.ts";
import { type Delta, isEmpty, type StateFlags, setAttributes, undoDelta } from "./delta.ts";
import type { Attributes, DocumentState } from "./document-state.ts";
import { PLAIN } from "./document-state.ts";
import { addRect } from "./rects.ts";
import { RunLog } from "./run-log.ts";
import { diffTables } from "./table-diff.ts";

/** An edit on its way: it remembers what it changes, and can be taken back until it is done. */
export class Transaction {
	readonly state: DocumentState;
	readonly #count: number;
	readonly #table: Uint16Array;
	readonly #origins: Uint16Array;
	readonly #flags: StateFlags;
	readonly #attributes = new Map<number, Attributes | undefined>();
	readonly #runs = new RunLog();
	readonly #rects: Rect[] = [];
	#fresh: Rect[] = [];

	constructor(state: DocumentState) {
		const { parts, isEdited, ids, context } = state;
		this.state = state;
		this.#count = parts.count;
		this.#table = parts.table.slice(0, parts.count);
		this.#origins = parts.origins.slice(0, parts.baseCount);
		this.#flags = { isEdited, ids, context };
	}

	/** Give a stretch of one row from one part to another. The rectangle around has to be told. */
	fill(start: number, length: number, from: number, to: number): void {
		this.#runs.push(start, length, from, to);
		this.state.parts.fill(start, length, from, to);
	}

	/** Tell where `fill` changed pixels. */
	touch(rect: Rect): void {
		addRect(this.#rects, rect);
		addRect(this.#fresh, rect);
	}

	/** Change what is said of a segment. */
	describe(segment: number, change: Partial<Attributes>): void {
		this.#remember(segment);
		this.state.attributes.set(segment, { ...(this.state.attributes.get(segment) ?? PLAIN), ...change });
	}

	/** Forget what was said of a segment, for its id goes to another. */
	forget(segment: number, { isMade }: Pick<Attributes, "isMade">): void {
		this.#remember(segment);
		setAttributes(this.state, segment, isMade ? { ...PLAIN, isMade } : undefined);
	}

	/** The rectangles that were told since the last call. */
	takeRects(): readonly Rect[] {
		const rects = this.#fresh;
		this.#fresh = [];
		return rects;
	}

	/** What was changed; undefined if nothing was. */
	commit(): Delta | undefined {
		const delta = this.#delta();
		return isEmpty(delta) ? undefined : delta;
	}

	/** Take all back. Returns where pixels were changed. */
	rollback(): readonly Rect[] {
		undoDelta(this.state, this.#delta());
		return this.#rects;
	}

	#remember(segment: number): void {
		if (!this.#attributes.has(segment)) {
			this.#attributes.set(segment, this.state.attributes.get(segment));
		}
	}

	#delta(): Delta {
		const { parts, attributes, isEdited, ids, context } = this.state;
		const { roots, leaves, table } = parts;
		const count = this.#count;
		return {
			table: diffTables(this.#table, table),
			origins: diffTables(this.#origins, parts.origins),
			count,
			roots: roots.slice(count, parts.count),
			leaves: leaves.slice(count, parts.count),
			segments: table.slice(count, parts.count),
			runs: this.#runs.take(),
			rects: this.#rects,
			attributes: [...this.#attributes].map(([id, before]) => ({ id, before, after: attributes.get(id) })),
			before: this.#flags,
			after: { isEdited, ids, context },
		};
	}
}
