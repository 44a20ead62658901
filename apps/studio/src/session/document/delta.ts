import type { Rect } from "../scene.ts";
import type { Attributes, DocumentState } from "./document-state.ts";
import { RUN_NUMBERS, type Runs } from "./run-log.ts";
import { bytesOfDiff, joinDiffs, type TableDiff } from "./table-diff.ts";

/** Of a segment of which something was said. */
interface AttributeChange {
	readonly id: number;
	readonly before: Attributes | undefined;
	readonly after: Attributes | undefined;
}

/** What of a state is neither parts nor segments. */
export type StateFlags = Pick<DocumentState, "isEdited" | "ids" | "context">;

/** How one state differs from the one before, small where the edit is small. */
export interface Delta {
	/** Of the parts that both have. */
	readonly table: TableDiff;
	readonly origins: TableDiff;
	/** Parts of the state before. */
	readonly count: number;
	/** The parts that were appended, and their segments afterwards. */
	readonly roots: Uint16Array;
	readonly leaves: Int32Array;
	readonly segments: Uint16Array;
	readonly runs: Runs;
	/** Rectangles around the runs. */
	readonly rects: readonly Rect[];
	readonly attributes: readonly AttributeChange[];
	readonly before: StateFlags;
	readonly after: StateFlags;
}

/** Make the state before of the state after. */
export function undoDelta(state: DocumentState, delta: Delta): void {
	const { parts } = state;
	const { runs, table, origins, count, attributes, before } = delta;
	for (let at = runs.length - RUN_NUMBERS; at >= 0; at -= RUN_NUMBERS) {
		parts.fill(runs[at], runs[at + 1], runs[at + 3], runs[at + 2]);
	}
	parts.trim(count);
	for (const [at, part] of table.entries.entries()) {
		parts.assign(part, table.before[at]);
	}
	for (const [at, part] of origins.entries.entries()) {
		parts.origins[part] = origins.before[at];
	}
	for (const change of attributes) {
		setAttributes(state, change.id, change.before);
	}
	Object.assign(state, before);
}

/** Make the state after of the state before. */
export function redoDelta(state: DocumentState, delta: Delta): void {
	const { parts } = state;
	const { runs, table, origins, roots, leaves, segments, attributes, after } = delta;
	for (const [at, part] of table.entries.entries()) {
		parts.assign(part, table.after[at]);
	}
	for (const [at, part] of origins.entries.entries()) {
		parts.origins[part] = origins.after[at];
	}
	for (let at = 0; at < roots.length; at++) {
		parts.append(roots[at], leaves[at], segments[at]);
	}
	for (let at = 0; at < runs.length; at += RUN_NUMBERS) {
		parts.fill(runs[at], runs[at + 1], runs[at + 2], runs[at + 3]);
	}
	for (const change of attributes) {
		setAttributes(state, change.id, change.after);
	}
	Object.assign(state, after);
}

export function setAttributes({ attributes }: DocumentState, id: number, given: Attributes | undefined): void {
	if (given === undefined) {
		attributes.delete(id);
	} else {
		attributes.set(id, given);
	}
}

/** Whether nothing is to be undone. */
export function isEmpty({ table, origins, runs, attributes, before, after }: Delta): boolean {
	const entries = table.entries.length + origins.entries.length + runs.length + attributes.length;
	const isSame = (flag: keyof StateFlags): boolean => before[flag] === after[flag];
	return entries === 0 && isSame("isEdited") && isSame("ids") && isSame("context");
}

/** Two deltas, one after the other, as one; undefined where pixels changed. */
export function joinDeltas(first: Delta, second: Delta): Delta | undefined {
	if (first.runs.length + first.roots.length + second.runs.length + second.roots.length > 0) {
		return undefined;
	}
	const attributes = new Map(first.attributes.map((change) => [change.id, change]));
	for (const change of second.attributes) {
		attributes.set(change.id, { ...change, before: (attributes.get(change.id) ?? change).before });
	}
	return {
		...second,
		table: joinDiffs(first.table, second.table),
		origins: joinDiffs(first.origins, second.origins),
		attributes: [...attributes.values()].filter(({ before, after }) => before !== after),
		before: first.before,
	};
}

/** About what one attribute takes beside its name. */
const ATTRIBUTE_BYTES = 200;

/** Memory that a delta takes, about. */
export function bytesOfDelta({ table, origins, roots, leaves, segments, runs, attributes }: Delta): number {
	const names = attributes.reduce(
		(sum, { before, after }) => sum + ATTRIBUTE_BYTES + 2 * ((before?.name?.length ?? 0) + (after?.name?.length ?? 0)),
		0,
	);
	const arrays = [roots, leaves, segments, runs].reduce((sum, { byteLength }) => sum + byteLength, 0);
	return bytesOfDiff(table) + bytesOfDiff(origins) + arrays + names;
}
