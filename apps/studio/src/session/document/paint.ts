import { type DocumentState, isLocked } from "./document-state.ts";
import { MOST_PARTS, NONE } from "./part-store.ts";
import { runEnd } from "./run-end.ts";
import { rectOfSpans, type Spans } from "./spans.ts";
import type { Transaction } from "./transaction.ts";

/** The segment that pixels of a part go to; undefined where they stay. */
export type Goal = (part: number) => number | undefined;

/** All go to one segment, but for those of locked segments and those without data. */
export function goalOfPaint(state: DocumentState, segment: number): Goal {
	const { table } = state.parts;
	return (part) => (table[part] === segment || isFixed(state, table[part]) ? undefined : segment);
}

/** All go back to the segment that they had before anything was done by hand, unless one of both is locked. */
export function goalOfErase(state: DocumentState): Goal {
	const { table, origins, roots } = state.parts;
	return (part) => {
		const origin = origins[roots[part]];
		return table[part] === origin || isFixed(state, table[part]) || isFixed(state, origin) ? undefined : origin;
	};
}

function isFixed(state: DocumentState, segment: number): boolean {
	return segment === state.background || isLocked(state, segment);
}

const UNKNOWN = -2;

/** Gives pixels to other segments. What it knows of parts holds for one edit. */
export class PixelPainter {
	readonly #transaction: Transaction;
	readonly #goal: Goal;
	/** The part that pixels of each part go to, NONE where they stay. */
	readonly #targets = new Int32Array(MOST_PARTS).fill(UNKNOWN);

	constructor(transaction: Transaction, goal: Goal) {
		this.#transaction = transaction;
		this.#goal = goal;
	}

	/**
	 * Paint the pixels of a shape.
	 *
	 * @returns whether any went to another part.
	 * @throws DinosegError LABEL_OUT_OF_RANGE if it takes too many parts; those painted so far stay so
	 */
	paint(spans: Spans): boolean {
		const { data, width } = this.#transaction.state.parts;
		let isChanged = false;
		for (let span = 0; span < 3 * spans.count; span += 3) {
			const row = spans.data[span] * width;
			const end = row + spans.data[span + 2];
			for (let start = row + spans.data[span + 1], stop: number; start < end; start = stop) {
				const part = data[start];
				stop = runEnd(data, start, end);
				const target = this.#targetOf(part);
				if (target !== NONE) {
					this.#transaction.fill(start, stop - start, part, target);
					isChanged = true;
				}
			}
		}
		const rect = rectOfSpans(spans);
		if (isChanged && rect !== undefined) {
			this.#transaction.touch(rect);
		}
		return isChanged;
	}

	#targetOf(part: number): number {
		if (this.#targets[part] === UNKNOWN) {
			const { parts } = this.#transaction.state;
			const segment = this.#goal(part);
			this.#targets[part] =
				segment === undefined ? NONE : parts.partFor(parts.roots[part], parts.leaves[part], segment);
		}
		return this.#targets[part];
	}
}

/**
 * Give whole parts to other segments.
 *
 * @returns whether any went to another.
 */
export function paintParts(state: DocumentState, parts: Iterable<number>, goal: Goal): boolean {
	let isChanged = false;
	for (const part of parts) {
		const segment = goal(part);
		if (segment !== undefined) {
			state.parts.assign(part, segment);
			isChanged = true;
		}
	}
	return isChanged;
}

/** Pixels that each part has in a shape; parts without any are left out. */
export function countParts({ parts: { data, width } }: DocumentState, spans: Spans): Map<number, number> {
	const counts = new Map<number, number>();
	for (let span = 0; span < 3 * spans.count; span += 3) {
		const row = spans.data[span] * width;
		const end = row + spans.data[span + 2];
		for (let start = row + spans.data[span + 1], stop: number; start < end; start = stop) {
			stop = runEnd(data, start, end);
			counts.set(data[start], (counts.get(data[start]) ?? 0) + stop - start);
		}
	}
	return counts;
}
