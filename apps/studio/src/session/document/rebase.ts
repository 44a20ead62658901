import { DinosegError } from "@dinoseg/core/errors";
import { type DocumentBase, stateOfBase } from "./document-base.ts";
import { type DocumentState, isLocked, lowestFreeIds, type PartTree, PLAIN } from "./document-state.ts";
import { MOST_IDS, type PartStore } from "./part-store.ts";
import { runEnd } from "./run-end.ts";
import { RUN_NUMBERS, RunLog, type Runs } from "./run-log.ts";

/**
 * Put other parts in the place of those of a state; locked segments keep their pixels that have data, their names and
 * colours.
 *
 * @returns the state that takes the store over; the given one is of no use any more.
 * @throws DinosegError SHAPE_MISMATCH for a picture of another size, OPTION_INVALID; LABEL_OUT_OF_RANGE, after which the
 *   store has to be filled again
 */
export function rebaseState(state: DocumentState, base: DocumentBase, tree: PartTree | undefined): DocumentState {
	const { width, height } = state.parts;
	if (base.width !== width || base.height !== height) {
		throw new DinosegError(
			"SHAPE_MISMATCH",
			`rebase: the picture must be ${width} x ${height}, got ${base.width} x ${base.height}. Open it as another one.`,
			{ details: { expected: `${width} x ${height}`, actual: `${base.width} x ${base.height}` } },
		);
	}
	const locked = [...state.attributes].filter(([id]) => isLocked(state, id) && state.parts.pixels[id] > 0);
	const runs = locked.length === 0 ? new Uint32Array() : runsOfLocked(state);
	const next = stateOfBase(base, tree, state.parts);
	makeRoom(
		next,
		locked.map(([id]) => id),
	);
	for (const [id, attributes] of locked) {
		next.attributes.set(id, attributes);
	}
	restore(next, runs);
	return next;
}

/** Start, length and segment of each stretch of locked pixels. */
function runsOfLocked(state: DocumentState): Runs {
	const { data, table, width } = state.parts;
	const log = new RunLog();
	const isKept = Uint8Array.from({ length: MOST_IDS }, (_, id) => (isLocked(state, id) ? 1 : 0));
	for (let start = 0, stop: number; start < data.length; start = stop) {
		const segment = table[data[start]];
		stop = runEnd(data, start, start - (start % width) + width);
		if (isKept[segment] === 1) {
			log.push(start, stop - start, segment, segment);
		}
	}
	return log.take();
}

/** Give the segments that have ids of locked ones free ids, with their names and colours. */
function makeRoom({ parts, attributes, background }: DocumentState, locked: readonly number[]): void {
	const isUsed = new Uint8Array(MOST_IDS);
	const own = new Set(parts.table.subarray(0, parts.count));
	for (const id of [...own, ...locked, ...attributes.keys()]) {
		isUsed[id] = 1;
	}
	if (background !== undefined) {
		isUsed[background] = 1;
	}
	const collisions = locked.filter((id) => own.has(id));
	const ids = lowestFreeIds(isUsed, collisions.length);
	for (const [at, segment] of collisions.entries()) {
		attributes.set(ids[at], { ...(attributes.get(segment) ?? PLAIN), isMade: true });
		moveSegment(parts, segment, ids[at]);
	}
}

function moveSegment(parts: PartStore, from: number, to: number): void {
	for (let part = 0; part < parts.baseCount; part++) {
		if (parts.table[part] === from) {
			parts.assign(part, to);
			parts.origins[part] = to;
		}
	}
}

function restore({ parts, background }: DocumentState, runs: Runs): void {
	for (let run = 0; run < runs.length; run += RUN_NUMBERS) {
		const end = runs[run] + runs[run + 1];
		for (let start = runs[run], stop: number; start < end; start = stop) {
			const part = parts.data[start];
			stop = runEnd(parts.data, start, end);
			if (parts.table[part] !== background) {
				parts.fill(start, stop - start, part, parts.partFor(parts.roots[part], parts.leaves[part], runs[run + 2]));
			}
		}
	}
}
