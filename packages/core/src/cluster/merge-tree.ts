import { type Check, checkedCopy } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import { checkInteger, checkLength } from "../errors/index.ts";

/** Two nodes of a tree that became one. */
export interface Merge {
	/** The heavier of both; among equals, the one with the lowest leaf. */
	readonly kept: number;
	readonly joined: number;
	/** By how much the merge raised the sum of squared distances to the means. */
	readonly cost: number;
}

/**
 * How clusters grow together, two at a time, to a single one.
 *
 * Every cut of a tree is a refinement of every coarser cut: nothing moves from one part to another.
 */
export interface MergeTree {
	/** Nodes 0 to leaves - 1 are the clusters at the start. */
	readonly leaves: number;
	/** In their order; the i-th makes node leaves + i. Length leaves - 1. */
	readonly merges: readonly Merge[];
}

export interface MergeTreeOptions {
	/** Mean of each cluster. Shape (K, D). Not modified. */
	readonly centroids: Float64Array;
	/** Weight of each cluster, above 0. Shape (K,). */
	readonly masses: ArrayLike<number>;
	/** Length of the border between every two clusters, symmetric, 0 on the diagonal. Shape (K, K). Not modified. */
	readonly borders: ArrayLike<number>;
	/** Called between steps; what it throws ends the call. @default none */
	readonly check?: Check | undefined;
}

/** Clusters that a tree can start from. */
const LEAVES = { min: 1, max: 1024 };

/**
 * Merge clusters step by step: always the two that touch and whose merge costs least for the border between them, of
 * equals those with the lowest leaves.
 *
 * The Ward cost of two clusters is m1 m2 / (m1 + m2) times the squared distance of their means: what their merge adds to
 * the sum of squared distances. It is divided by the fourth root of the share that the border between them has in the
 * shorter of both outlines, so clusters that lie around each other merge before those that only touch.
 *
 * Convention: two that do not touch merge only when no two are left that do, then by Ward cost alone.
 * Source: Ward 1963, doi:10.1080/01621459.1963.10500845. The share of the border is ours: docs/adr/0012.
 *
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH
 */
export function buildMergeTree({ centroids, masses, borders, check = noCheck }: MergeTreeOptions): MergeTree {
	const leaves = masses.length;
	checkInteger("buildMergeTree", "number of clusters", leaves, LEAVES);
	const cols = Math.floor(centroids.length / leaves);
	checkLength("buildMergeTree", "centroids (K, D)", centroids, leaves, cols);
	checkLength("buildMergeTree", "borders (K, K)", borders, leaves, leaves);
	const parts = new Parts({ centroids, masses, borders }, cols, check);
	const merges: Merge[] = [];
	while (parts.slots.length > 1) {
		check();
		merges.push(parts.mergeCheapest(leaves + merges.length));
	}
	return { leaves, merges };
}

/** The parts that are left, each in the slot of the first of its leaves. */
class Parts {
	readonly slots: number[];
	readonly #means: Float64Array;
	readonly #masses: Float64Array;
	readonly #borders: Float64Array;
	/** Sum of a part's borders. */
	readonly #outlines: Float64Array;
	readonly #costs: Float64Array;
	/** Node of the tree that each slot holds. */
	readonly #nodes: number[];
	readonly #count: number;
	readonly #cols: number;

	constructor({ centroids, masses, borders }: MergeTreeOptions, cols: number, check: Check) {
		const count = masses.length;
		this.#means = new Float64Array(count * cols);
		checkedCopy(check, centroids, this.#means);
		this.#masses = Float64Array.from(masses);
		this.#borders = new Float64Array(count * count);
		this.#count = count;
		this.#cols = cols;
		this.slots = Array.from({ length: count }, (_, leaf) => leaf);
		this.#nodes = this.slots.slice();
		this.#outlines = new Float64Array(count);
		this.#costs = new Float64Array(count * count);
		for (let a = 0; a < count; a++) {
			check();
			for (let b = 0; b < count; b++) {
				this.#borders[a * count + b] = borders[a * count + b];
				this.#outlines[a] += borders[a * count + b];
			}
			for (let b = 0; b < a; b++) {
				this.#measure(b, a);
			}
		}
	}

	mergeCheapest(node: number): Merge {
		const [a, b] = this.#cheapest();
		const [massA, massB] = [this.#masses[a], this.#masses[b]];
		const [kept, joined] = massA >= massB ? [this.#nodes[a], this.#nodes[b]] : [this.#nodes[b], this.#nodes[a]];
		const merge = { kept, joined, cost: this.#costs[a * this.#count + b] };
		for (let d = 0; d < this.#cols; d++) {
			const at = a * this.#cols + d;
			this.#means[at] = (massA * this.#means[at] + massB * this.#means[b * this.#cols + d]) / (massA + massB);
		}
		this.#masses[a] = massA + massB;
		this.#outlines[a] += this.#outlines[b] - 2 * this.#borders[a * this.#count + b];
		this.#nodes[a] = node;
		this.slots.splice(this.slots.indexOf(b), 1);
		for (const other of this.slots) {
			if (other !== a) {
				this.#joinBorders(a, b, other);
				this.#measure(a, other);
			}
		}
		return merge;
	}

	/** Slots of the two that merge next, the lower one first. */
	#cheapest(): readonly [number, number] {
		let best: readonly [number, number] = [this.slots[0], this.slots[1]];
		let bestTouches = false;
		let lowest = Number.POSITIVE_INFINITY;
		for (let i = 0; i < this.slots.length; i++) {
			const a = this.slots[i];
			for (let j = i + 1; j < this.slots.length; j++) {
				const b = this.slots[j];
				const at = a * this.#count + b;
				const border = this.#borders[at];
				const touches = border > 0;
				if (bestTouches && !touches) {
					continue;
				}
				const outline = Math.min(this.#outlines[a], this.#outlines[b]);
				const price = touches ? this.#costs[at] * Math.sqrt(Math.sqrt(outline / border)) : this.#costs[at];
				if (price < lowest || (touches && !bestTouches)) {
					best = [a, b];
					bestTouches = touches;
					lowest = price;
				}
			}
		}
		return best;
	}

	#joinBorders(a: number, b: number, other: number): void {
		const border = this.#borders[a * this.#count + other] + this.#borders[b * this.#count + other];
		this.#borders[a * this.#count + other] = border;
		this.#borders[other * this.#count + a] = border;
	}

	#measure(a: number, b: number): void {
		let distance = 0;
		for (let d = 0; d < this.#cols; d++) {
			const difference = this.#means[a * this.#cols + d] - this.#means[b * this.#cols + d];
			distance += difference * difference;
		}
		const cost = ((this.#masses[a] * this.#masses[b]) / (this.#masses[a] + this.#masses[b])) * distance;
		this.#costs[a * this.#count + b] = cost;
		this.#costs[b * this.#count + a] = cost;
	}
}

/** The leaves that a node of a tree is made of, by rising number. */
export function leavesBelow(tree: MergeTree, node: number): number[] {
	const found: number[] = [];
	const left = [node];
	for (let next = left.pop(); next !== undefined; next = left.pop()) {
		if (next < tree.leaves) {
			found.push(next);
		} else {
			const { kept, joined } = tree.merges[next - tree.leaves];
			left.push(kept, joined);
		}
	}
	return found.sort((a, b) => a - b);
}

/**
 * Which part each leaf belongs to when so many are left.
 *
 * @param count parts, 1 to `tree.leaves`.
 * @returns part of each leaf, numbered by the lowest leaf in it. Shape (leaves,).
 * @throws DinosegError OPTION_INVALID
 */
export function cutMergeTree(tree: MergeTree, count: number): Uint16Array {
	const { leaves, merges } = tree;
	checkInteger("cutMergeTree", "count", count, { min: 1, max: leaves });
	const applied = leaves - count;
	/** Node above each node as far as merges are applied, itself at the top. */
	const above = Array.from({ length: leaves + applied }, (_, node) => node);
	for (let i = 0; i < applied; i++) {
		above[merges[i].kept] = leaves + i;
		above[merges[i].joined] = leaves + i;
	}
	// Nodes above have higher numbers, so from the top down each finds its own in one step.
	for (let node = above.length - 1; node >= 0; node--) {
		above[node] = above[above[node]];
	}
	const parts = new Map<number, number>();
	return Uint16Array.from({ length: leaves }, (_, leaf) => {
		const top = above[leaf];
		const part = parts.get(top) ?? parts.size;
		parts.set(top, part);
		return part;
	});
}

/**
 * How long the borders between clusters are on a grid: how many neighbours along rows and columns lie in both.
 *
 * @param labels cluster of each place, below `clusters`. Shape (rows, cols).
 * @returns symmetric, 0 on the diagonal. Shape (clusters, clusters).
 * @throws DinosegError SHAPE_MISMATCH
 */
export function borderLengths(labels: Uint16Array, rows: number, cols: number, clusters: number): Float64Array {
	checkLength("borderLengths", "labels (rows, cols)", labels, rows, cols);
	const lengths = new Float64Array(clusters * clusters);
	const count = (a: number, b: number): void => {
		if (a !== b) {
			lengths[a * clusters + b]++;
			lengths[b * clusters + a]++;
		}
	};
	for (let row = 0, at = 0; row < rows; row++) {
		for (let col = 0; col < cols; col++, at++) {
			if (col > 0) {
				count(labels[at], labels[at - 1]);
			}
			if (row > 0) {
				count(labels[at], labels[at - cols]);
			}
		}
	}
	return lengths;
}
