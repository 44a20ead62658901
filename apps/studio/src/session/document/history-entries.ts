import type { Rect } from "../scene.ts";
import { bytesOfDelta, type Delta, isEmpty, joinDeltas, redoDelta, undoDelta } from "./delta.ts";
import type { DocumentState, PartTree } from "./document-state.ts";
import { decodeState, encodeState } from "./encode-state.ts";
import type { HistoryEntry } from "./history.ts";

/** The state of a document, which a step can replace. */
export interface StateHolder {
	state: DocumentState;
}

/** An edit that changed some of the state. */
export class DeltaEntry implements HistoryEntry {
	readonly bytes: number;
	readonly #holder: StateHolder;
	readonly #delta: Delta;

	constructor(holder: StateHolder, delta: Delta) {
		this.#holder = holder;
		this.#delta = delta;
		this.bytes = bytesOfDelta(delta);
	}

	get isEmpty(): boolean {
		return isEmpty(this.#delta);
	}

	undo(): readonly Rect[] {
		undoDelta(this.#holder.state, this.#delta);
		return this.#delta.rects;
	}

	redo(): readonly Rect[] {
		redoDelta(this.#holder.state, this.#delta);
		return this.#delta.rects;
	}

	join(next: HistoryEntry): HistoryEntry | undefined {
		const joined = next instanceof DeltaEntry ? joinDeltas(this.#delta, next.#delta) : undefined;
		return joined && new DeltaEntry(this.#holder, joined);
	}
}

/** A state as a step keeps it. */
export interface KeptState {
	/** Of `encodeState`. */
	readonly encoded: Uint8Array;
	readonly tree: PartTree | undefined;
	readonly context: unknown;
}

export function keepState(state: DocumentState): KeptState {
	return { encoded: encodeState(state), tree: state.tree, context: state.context };
}

/** Fill the store of a document with a state that was kept. */
export function restoreState(holder: StateHolder, { encoded, tree, context }: KeptState): void {
	holder.state = { ...decodeState(encoded, holder.state.parts), tree, context };
}

/** An edit after which nothing is as before: it keeps the whole state on the other side of it. */
export class ReplacementEntry implements HistoryEntry {
	readonly isEmpty = false;
	readonly #holder: StateHolder;
	#other: KeptState;

	constructor(holder: StateHolder, before: KeptState) {
		this.#holder = holder;
		this.#other = before;
	}

	/** With the superpixels, unless they are those of the state that is shown. */
	get bytes(): number {
		const superpixels = this.#other.tree?.superpixels;
		const isShared = superpixels === this.#holder.state.tree?.superpixels;
		return this.#other.encoded.length + (isShared ? 0 : (superpixels?.byteLength ?? 0));
	}

	undo(): readonly Rect[] {
		return this.#swap();
	}

	redo(): readonly Rect[] {
		return this.#swap();
	}

	/** Only the first state is to be brought back. */
	join(next: HistoryEntry): HistoryEntry | undefined {
		return next instanceof ReplacementEntry ? this : undefined;
	}

	#swap(): readonly Rect[] {
		const other = this.#other;
		this.#other = keepState(this.#holder.state);
		restoreState(this.#holder, other);
		const { width, height } = this.#holder.state.parts;
		return [{ x: 0, y: 0, width, height }];
	}
}
