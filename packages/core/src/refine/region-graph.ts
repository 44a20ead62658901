import { type Check, checkedParts, findRoot, type RegionRuns } from "@dinoseg/kernels";
import type { LabelMap } from "../labels/label-map.ts";

const END = -1;

/**
 * The connected regions of a label map, with the pixel edges between them, made to be merged.
 *
 * A set of merged regions is named by its root: its region that comes first in raster order. Each keeps its border as
 * a linked list of half-edges, so two are joined in constant time; what became inner by a merge is left in the list.
 */
export class RegionGraph {
	/** Pixels. Right for roots. Shape (regions,). */
	readonly sizes: Float64Array;
	/** Label. Right for roots. Shape (regions,). */
	readonly labels: Uint16Array;
	readonly #parents: Uint32Array;
	/** The region that half-edge h belongs to; h ^ 1 is its other side. */
	readonly #owners: Int32Array;
	/** Pixel edges between both sides of half-edges 2 e and 2 e + 1. */
	readonly #borders: Int32Array;
	/** Next half-edge of the same root. */
	readonly #next: Int32Array;
	readonly #heads: Int32Array;
	readonly #tails: Int32Array;

	constructor(check: Check, map: LabelMap, runs: RegionRuns) {
		const { ends, regions, count } = runs;
		this.sizes = new Float64Array(count);
		this.labels = new Uint16Array(count);
		let start = 0;
		for (const { from, to } of checkedParts(check, ends.length)) {
			for (let run = from; run < to; start = ends[run++]) {
				this.sizes[regions[run]] += ends[run] - start;
				this.labels[regions[run]] = map.data[start];
			}
		}
		this.#parents = new Uint32Array(count);
		for (const { from, to } of checkedParts(check, count)) {
			for (let region = from; region < to; region++) {
				this.#parents[region] = region;
			}
		}
		let edges = 0;
		eachBorder(check, runs, map.width, () => edges++);
		this.#owners = new Int32Array(2 * edges);
		this.#borders = new Int32Array(edges);
		edges = 0;
		eachBorder(check, runs, map.width, (a, b, length) => {
			this.#owners[2 * edges] = a;
			this.#owners[2 * edges + 1] = b;
			this.#borders[edges++] = length;
		});
		this.#next = new Int32Array(this.#owners.length);
		this.#heads = new Int32Array(count).fill(END);
		this.#tails = new Int32Array(count).fill(END);
		for (const { from, to } of checkedParts(check, this.#owners.length)) {
			for (let half = from; half < to; half++) {
				const owner = this.#owners[half];
				if (this.#heads[owner] === END) {
					this.#heads[owner] = half;
				} else {
					this.#next[this.#tails[owner]] = half;
				}
				this.#tails[owner] = half;
				this.#next[half] = END;
			}
		}
	}

	root(region: number): number {
		return findRoot(this.#parents, region);
	}

	/**
	 * Find the neighbours of a root and the lengths of their shared borders.
	 *
	 * @param lengths scratch of shape (regions,), all 0; on return the border in pixel edges at each neighbour's root.
	 * @returns roots of the neighbours, each once. Set their `lengths` back to 0 afterwards.
	 */
	neighbours(root: number, lengths: Float64Array): number[] {
		const found: number[] = [];
		for (let half = this.#heads[root]; half !== END; half = this.#next[half]) {
			const other = this.root(this.#owners[half ^ 1]);
			if (other !== root) {
				if (lengths[other] === 0) {
					found.push(other);
				}
				lengths[other] += this.#borders[half >> 1];
			}
		}
		return found;
	}

	/** Join two roots under the label of `into`. Returns the root of both. */
	merge(into: number, other: number): number {
		const root = Math.min(into, other);
		const child = Math.max(into, other);
		this.labels[root] = this.labels[into];
		this.sizes[root] += this.sizes[child];
		this.#parents[child] = root;
		this.#next[this.#tails[root]] = this.#heads[child];
		this.#tails[root] = this.#tails[child];
		return root;
	}
}

/** Visit every place where two runs of different regions touch, with both regions and the pixel edges between them. */
function eachBorder(
	check: Check,
	{ ends, regions }: RegionRuns,
	width: number,
	visit: (a: number, b: number, length: number) => void,
): void {
	// The first run of the row above that may touch.
	let above = 0;
	let start = 0;
	for (const { from, to } of checkedParts(check, ends.length)) {
		for (let run = from; run < to; start = ends[run++]) {
			const end = ends[run];
			if (end % width !== 0) {
				visit(regions[run], regions[run + 1], 1);
			}
			while (ends[above] + width <= start) {
				above++;
			}
			let touchingStart = above === 0 ? 0 : ends[above - 1];
			for (let touching = above; touchingStart + width < end; touchingStart = ends[touching++]) {
				if (regions[touching] !== regions[run]) {
					const length = Math.min(ends[touching] + width, end) - Math.max(touchingStart + width, start);
					visit(regions[touching], regions[run], length);
				}
			}
		}
	}
}
