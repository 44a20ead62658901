import { DinosegError } from "@dinoseg/core/errors";
import { checkEditable, isLocked, lowestFreeIds } from "./document-state.ts";
import { MOST_IDS } from "./part-store.ts";
import type { Transaction } from "./transaction.ts";

/**
 * Make one segment of some.
 *
 * @returns whether there was anything to merge.
 * @throws DinosegError OPTION_INVALID for a segment that is not there, or is locked
 */
export function mergeSegments({ state }: Transaction, segments: readonly number[], into: number): boolean {
	const merged = new Set(segments.filter((segment) => segment !== into));
	for (const segment of [into, ...merged]) {
		checkEditable("merge", state, segment);
	}
	for (let part = 0; merged.size > 0 && part < state.parts.count; part++) {
		if (merged.has(state.parts.table[part])) {
			state.parts.assign(part, into);
		}
	}
	return merged.size > 0;
}

/**
 * Cut the same parts into other segments. Those of locked segments stay, those carved out by hand go with the base part
 * that they are of.
 *
 * @param table segment of each base part; those without data may be left out at the end. Shape (base parts,).
 * @throws DinosegError SHAPE_MISMATCH, OPTION_INVALID
 */
export function recutSegments(transaction: Transaction, table: Uint16Array): void {
	const { state } = transaction;
	const { parts, attributes, background } = state;
	checkTable(transaction, table);
	for (const [id, { isMade, isHidden }] of [...attributes]) {
		if (isLocked(state, id)) {
			continue;
		}
		if (isMade) {
			transaction.forget(id, { isMade: false });
		} else if (isHidden) {
			// What has the id now may be much more than what was hidden.
			transaction.describe(id, { isHidden: false });
		}
	}
	const cut = withoutCollisions(transaction, table);
	for (let part = 0; part < parts.baseCount; part++) {
		if (parts.origins[part] !== background) {
			parts.origins[part] = cut[part];
		}
	}
	for (let part = 0; part < parts.count; part++) {
		const segment = parts.origins[parts.roots[part]];
		if (parts.table[part] !== segment && !isLocked(state, parts.table[part])) {
			parts.assign(part, segment);
		}
	}
	state.ids = 0;
	state.isEdited = false;
}

function checkTable({ state: { parts, background } }: Transaction, table: Uint16Array): void {
	const isRest = parts.origins.subarray(table.length, parts.baseCount).every((origin) => origin === background);
	if (table.length > parts.baseCount || !isRest) {
		throw new DinosegError(
			"SHAPE_MISMATCH",
			`recut: table must hold the segments of ${parts.baseCount} parts, got ${table.length}. Cut the tree of this document.`,
			{ details: { expected: parts.baseCount, actual: table.length } },
		);
	}
	const wrong = background === undefined ? -1 : table.indexOf(background);
	if (wrong !== -1 && parts.origins[wrong] !== background) {
		throw new DinosegError(
			"OPTION_INVALID",
			`recut: ${background} is the id of what is no segment, got it for part ${wrong}. Use other ids.`,
			{ details: { option: "table", value: wrong } },
		);
	}
}

/** The table in which segments that have the id of a locked one, and pixels beside it, have a free one. */
function withoutCollisions(transaction: Transaction, table: Uint16Array): Uint16Array {
	const { state } = transaction;
	const { parts, attributes, background } = state;
	const { table: current, areas } = parts;
	const isUsed = new Uint8Array(MOST_IDS);
	for (let part = 0; part < table.length; part++) {
		isUsed[table[part]] = 1;
	}
	for (const id of attributes.keys()) {
		isUsed[id] = 1;
	}
	if (background !== undefined) {
		isUsed[background] = 1;
	}
	const collisions = new Set<number>();
	for (let part = 0; part < parts.count; part++) {
		const segment = table[parts.roots[part]];
		const isFixed = areas[part] === 0 || current[part] === background || isLocked(state, current[part]);
		if (!isFixed && isLocked(state, segment)) {
			collisions.add(segment);
		}
	}
	const ids = lowestFreeIds(isUsed, collisions.size);
	const renamed = new Map([...collisions].map((segment, at) => [segment, ids[at]]));
	for (const id of ids) {
		transaction.forget(id, { isMade: true });
	}
	return renamed.size === 0 ? table : table.map((segment) => renamed.get(segment) ?? segment);
}
