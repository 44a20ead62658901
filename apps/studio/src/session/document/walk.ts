import type { RegionTree } from "@dinoseg/core/regions";

/** Parts with pixels that a walk is about. */
export interface Atoms {
	readonly parts: readonly number[];
	/** Superpixel of each. */
	readonly leaves: readonly number[];
	readonly segments: readonly number[];
	readonly pixels: readonly number[];
}

/** Some parts leave their segment. */
export interface Splitting {
	readonly segment: number;
	/** The smaller side: these get an id of their own. */
	readonly parts: readonly number[];
}

/** Two segments become one. */
export interface Joining {
	readonly kept: number;
	readonly lost: number;
}

/**
 * Undo the highest merge of a region tree that some segments have done: of the one that has parts on both sides of it, the
 * smaller side (of equals the higher node) leaves.
 *
 * Convention: nodes without these parts are left out of the tree. Where several segments have parts on both sides, it is
 * the lowest id.
 *
 * @returns undefined if each segment lies in one superpixel.
 */
export function splitHighest(tree: RegionTree, atoms: Atoms): Splitting | undefined {
	let highest = tree.leaves - 1;
	let segment: number | undefined;
	for (const id of [...new Set(atoms.segments)].sort((a, b) => a - b)) {
		const node = lowestNodeAbove(tree, atoms, id);
		if (node > highest) {
			highest = node;
			segment = id;
		}
	}
	if (segment === undefined) {
		return undefined;
	}
	const isBelowHigher = leavesBelow(tree, tree.merges[2 * (highest - tree.leaves) + 1]);
	const sides: Record<"lower" | "higher", { parts: number[]; pixels: number }> = {
		lower: { parts: [], pixels: 0 },
		higher: { parts: [], pixels: 0 },
	};
	for (const [at, part] of atoms.parts.entries()) {
		if (atoms.segments[at] === segment) {
			const side = sides[isBelowHigher[atoms.leaves[at]] === 1 ? "higher" : "lower"];
			side.parts.push(part);
			side.pixels += atoms.pixels[at];
		}
	}
	const leaving = sides.lower.pixels >= sides.higher.pixels ? sides.higher : sides.lower;
	return { segment, parts: leaving.parts };
}

/**
 * Do the lowest merge of a region tree that some segments have not done: both become one, and the larger, of equals the
 * lower, keeps its id.
 *
 * Convention: nodes without these parts are left out of the tree; parts of one superpixel come before all its merges.
 *
 * @returns undefined if there is one segment only.
 */
export function joinLowest({ leaves, merges }: RegionTree, atoms: Atoms): Joining | undefined {
	const segments = new Int32Array(2 * leaves - 1).fill(NO_SEGMENT);
	let pair: readonly [number, number] | undefined;
	let lowest = Number.POSITIVE_INFINITY;
	for (const [at, leaf] of atoms.leaves.entries()) {
		const segment = atoms.segments[at];
		if (segments[leaf] !== NO_SEGMENT && segments[leaf] !== segment && leaf < lowest) {
			lowest = leaf;
			pair = [segments[leaf], segment];
		}
		segments[leaf] = segment;
	}
	for (let merge = 0; merge < leaves - 1 && pair === undefined; merge++) {
		const [a, b] = [segments[merges[2 * merge]], segments[merges[2 * merge + 1]]];
		if (a !== NO_SEGMENT && b !== NO_SEGMENT && a !== b) {
			pair = [a, b];
		}
		segments[leaves + merge] = a === NO_SEGMENT ? b : a;
	}
	if (pair === undefined) {
		return undefined;
	}
	const [low, high] = pair[0] < pair[1] ? pair : [pair[1], pair[0]];
	const isLowKept = pixelsOf(atoms, low) >= pixelsOf(atoms, high);
	return isLowKept ? { kept: low, lost: high } : { kept: high, lost: low };
}

const NO_SEGMENT = -1;

function pixelsOf(atoms: Atoms, segment: number): number {
	return atoms.pixels.reduce((sum, pixels, at) => sum + (atoms.segments[at] === segment ? pixels : 0), 0);
}

/** The first node that all parts of a segment lie below. */
function lowestNodeAbove({ leaves, merges }: RegionTree, atoms: Atoms, segment: number): number {
	const counts = new Uint32Array(2 * leaves - 1);
	let all = 0;
	for (const [at, leaf] of atoms.leaves.entries()) {
		if (atoms.segments[at] === segment) {
			counts[leaf]++;
			all++;
		}
	}
	const only = counts.indexOf(all);
	if (only !== -1) {
		return only;
	}
	for (let merge = 0; merge < leaves - 1; merge++) {
		counts[leaves + merge] = counts[merges[2 * merge]] + counts[merges[2 * merge + 1]];
		if (counts[leaves + merge] === all) {
			return leaves + merge;
		}
	}
	return 2 * leaves - 2;
}

/** 1 of each superpixel below a node. Shape (leaves,). */
function leavesBelow({ leaves, merges }: RegionTree, node: number): Uint8Array {
	const isBelow = new Uint8Array(2 * leaves - 1);
	isBelow[node] = 1;
	for (let merge = node - leaves; merge >= 0; merge--) {
		if (isBelow[leaves + merge] === 1) {
			isBelow[merges[2 * merge]] = 1;
			isBelow[merges[2 * merge + 1]] = 1;
		}
	}
	return isBelow.subarray(0, leaves);
}
