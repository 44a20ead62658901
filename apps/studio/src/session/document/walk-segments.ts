import { DinosegError } from "@dinoseg/core/errors";
import { checkEditable, type DocumentState, freeIds, type PartTree } from "./document-state.ts";
import { MOST_IDS, NONE } from "./part-store.ts";
import { runEnd } from "./run-end.ts";
import type { Transaction } from "./transaction.ts";
import { type Atoms, joinLowest, splitHighest } from "./walk.ts";

/**
 * Make one more segment (1) or one fewer (-1) of some, along the region tree.
 *
 * @returns whether there was a merge to undo or to do.
 * @throws DinosegError OPTION_INVALID for a segment that is not there, or is locked, and without a tree;
 *   LABEL_OUT_OF_RANGE for too many parts
 */
export function walkSegments(transaction: Transaction, segments: readonly number[], step: 1 | -1): boolean {
	const { state } = transaction;
	for (const segment of segments) {
		checkEditable("walk", state, segment);
	}
	if (state.tree === undefined) {
		throw new DinosegError(
			"OPTION_INVALID",
			"walk: the document has no region tree yet. Give it one by setTree first.",
		);
	}
	const chosen = new Set(segments);
	if (step === -1 && chosen.size < 2) {
		return false;
	}
	refineSegments(transaction, chosen, state.tree);
	const atoms = atomsOf(state, chosen);
	if (step === 1) {
		const split = splitHighest(state.tree.tree, atoms);
		const [id] = split === undefined ? [] : freeIds(state, 1);
		if (split === undefined || id === undefined) {
			return false;
		}
		transaction.forget(id, { isMade: true });
		for (const part of split.parts) {
			state.parts.assign(part, id);
		}
		return true;
	}
	const joining = joinLowest(state.tree.tree, atoms);
	for (const part of joining === undefined ? [] : partsOf(state, new Set([joining.lost]))) {
		state.parts.assign(part, joining?.kept ?? NONE);
	}
	return joining !== undefined;
}

/** The parts of some segments, also those without pixels. */
function partsOf({ parts }: DocumentState, segments: ReadonlySet<number>): number[] {
	const found: number[] = [];
	for (let part = 0; part < parts.count; part++) {
		if (segments.has(parts.table[part])) {
			found.push(part);
		}
	}
	return found;
}

function atomsOf(state: DocumentState, segments: ReadonlySet<number>): Atoms {
	const { leaves, table, areas } = state.parts;
	const parts = partsOf(state, segments).filter((part) => areas[part] > 0);
	return {
		parts,
		leaves: parts.map((part) => leaves[part]),
		segments: parts.map((part) => table[part]),
		pixels: parts.map((part) => areas[part]),
	};
}

/** Cut the parts of some segments that lie in no single superpixel along the borders of superpixels. */
function refineSegments(transaction: Transaction, segments: ReadonlySet<number>, { superpixels }: PartTree): void {
	const { parts } = transaction.state;
	const { data, width, leaves, areas, table, roots } = parts;
	const coarse = new Uint8Array(parts.count);
	for (const part of partsOf(transaction.state, segments)) {
		coarse[part] = leaves[part] === NONE && areas[part] > 0 ? 1 : 0;
	}
	const box = coarse.includes(1) ? parts.boxOf(segments) : undefined;
	if (box === undefined) {
		return;
	}
	const fine = new Map<number, number>();
	for (let row = box.y; row < box.y + box.height; row++) {
		const end = row * width + box.x + box.width;
		for (let start: number = row * width + box.x, stop: number; start < end; start = stop) {
			const part = data[start];
			const leaf = superpixels[start];
			stop = runEnd(superpixels, start, runEnd(data, start, end));
			if (coarse[part] === 1) {
				const key = part * MOST_IDS + leaf;
				const target = fine.get(key) ?? parts.partFor(roots[part], leaf, table[part]);
				fine.set(key, target);
				transaction.fill(start, stop - start, part, target);
			}
		}
	}
	transaction.touch(box);
}
