import { findRoot } from "@dinoseg/kernels";
import type { Rect } from "../scene.ts";
import { checkEditable, freeIds } from "./document-state.ts";
import type { PartStore } from "./part-store.ts";
import { runEnd } from "./run-end.ts";
import type { Transaction } from "./transaction.ts";

/**
 * Make a segment of each 4-connected part of a segment. The largest keeps the id; the others get free ids by falling area,
 * of equals the one that comes first in raster order.
 *
 * @returns whether it was more than one.
 * @throws DinosegError OPTION_INVALID for a segment that is not there, or is locked; LABEL_OUT_OF_RANGE for too many ids or
 *   parts
 */
export function splitConnected(transaction: Transaction, segment: number): boolean {
	const { state } = transaction;
	const { parts } = state;
	checkEditable("splitParts", state, segment);
	const box = parts.boxOf(new Set([segment]));
	const runs = box === undefined ? [] : runsOf(parts, segment, box);
	const pieces = piecesOf(runs, parts.width);
	if (box === undefined || pieces.length < 2) {
		return false;
	}
	const ids = freeIds(state, pieces.length - 1);
	const idOf = new Map(pieces.map((piece, rank) => [piece, rank === 0 ? segment : ids[rank - 1]]));
	for (const id of ids) {
		transaction.forget(id, { isMade: true });
	}
	movePieces(transaction, runs, idOf, box);
	return true;
}

/** Pixels of one part in one row. */
interface Run {
	readonly start: number;
	readonly end: number;
	readonly part: number;
	/** The connected piece that it belongs to. */
	piece: number;
}

function runsOf({ data, table, width }: PartStore, segment: number, box: Rect): Run[] {
	const runs: Run[] = [];
	for (let row = box.y; row < box.y + box.height; row++) {
		const end = row * width + box.x + box.width;
		for (let start = row * width + box.x, stop: number; start < end; start = stop) {
			stop = runEnd(data, start, end);
			if (table[data[start]] === segment) {
				runs.push({ start, end: stop, part: data[start], piece: runs.length });
			}
		}
	}
	return runs;
}

/** Tell each run its piece. Returns the pieces by falling area. */
function piecesOf(runs: Run[], width: number): number[] {
	const parents = Uint32Array.from(runs.keys());
	const join = (a: number, b: number) => {
		const [first, second] = [findRoot(parents, a), findRoot(parents, b)];
		parents[Math.max(first, second)] = Math.min(first, second);
	};
	let above = 0;
	for (const [at, { start, end }] of runs.entries()) {
		if (at > 0 && runs[at - 1].end === start && start % width !== 0) {
			join(at - 1, at);
		}
		while (runs[above].end + width <= start) {
			above++;
		}
		for (let other = above; other < at && runs[other].start + width < end; other++) {
			join(other, at);
		}
	}
	const areas = new Map<number, number>();
	for (const [at, run] of runs.entries()) {
		run.piece = findRoot(parents, at);
		areas.set(run.piece, (areas.get(run.piece) ?? 0) + run.end - run.start);
	}
	return [...areas].sort(([a, areaA], [b, areaB]) => areaB - areaA || a - b).map(([piece]) => piece);
}

/** Give pieces to their segments: whole parts where all of one lies in a piece, else its pixels. */
function movePieces(
	transaction: Transaction,
	runs: readonly Run[],
	idOf: ReadonlyMap<number, number>,
	box: Rect,
): void {
	const { parts } = transaction.state;
	const pieceOf = new Map<number, number>();
	const torn = new Set<number>();
	for (const { part, piece } of runs) {
		if ((pieceOf.get(part) ?? piece) !== piece) {
			torn.add(part);
		}
		pieceOf.set(part, piece);
	}
	for (const [part, piece] of pieceOf) {
		const id = idOf.get(piece);
		if (!torn.has(part) && id !== undefined && id !== parts.table[part]) {
			parts.assign(part, id);
		}
	}
	for (const { start, end, part, piece } of runs) {
		const id = idOf.get(piece);
		if (torn.has(part) && id !== undefined && id !== parts.table[part]) {
			transaction.fill(start, end - start, part, parts.partFor(parts.roots[part], parts.leaves[part], id));
		}
	}
	if (torn.size > 0) {
		transaction.touch(box);
	}
}
