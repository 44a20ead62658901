import type { Regions } from "@dinoseg/kernels";
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
	readonly #parents: Int32Array;
	/** The region that half-edge h belongs to; h ^ 1 is its other side. */
	readonly #owners: Int32Array;
	/** Next half-edge of the same root. */
	readonly #next: Int32Array;
	readonly #heads: Int32Array;
	readonly #tails: Int32Array;

	constructor(map: LabelMap, regions: Regions) {
		const { data, count } = regions;
		this.sizes = new Float64Array(count);
		this.labels = new Uint16Array(count);
		for (let i = 0; i < data.length; i++) {
			this.sizes[data[i]]++;
			this.labels[data[i]] = map.data[i];
		}
		this.#parents = new Int32Array(count);
		for (let region = 0; region < count; region++) {
			this.#parents[region] = region;
		}
		this.#owners = edgeOwners(data, map.width, map.height);
		this.#next = new Int32Array(this.#owners.length).fill(END);
		this.#heads = new Int32Array(count).fill(END);
		this.#tails = new Int32Array(count).fill(END);
		for (let half = 0; half < this.#owners.length; half++) {
			const owner = this.#owners[half];
			if (this.#heads[owner] === END) {
				this.#heads[owner] = half;
			} else {
				this.#next[this.#tails[owner]] = half;
			}
			this.#tails[owner] = half;
		}
	}

	root(region: number): number {
		const parents = this.#parents;
		let at = region;
		while (parents[at] !== at) {
			// Path halving: every other node skips its parent.
			parents[at] = parents[parents[at]];
			at = parents[at];
		}
		return at;
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
				lengths[other]++;
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

/** The regions on both sides of every pixel edge between two regions, one pair after the other. */
function edgeOwners(regions: Uint32Array, width: number, height: number): Int32Array {
	let edges = 0;
	for (let i = 0, y = 0; y < height; y++) {
		for (let x = 0; x < width; x++, i++) {
			edges += x + 1 < width && regions[i] !== regions[i + 1] ? 1 : 0;
			edges += y + 1 < height && regions[i] !== regions[i + width] ? 1 : 0;
		}
	}
	const owners = new Int32Array(2 * edges);
	let half = 0;
	for (let i = 0, y = 0; y < height; y++) {
		for (let x = 0; x < width; x++, i++) {
			if (x + 1 < width && regions[i] !== regions[i + 1]) {
				owners[half++] = regions[i];
				owners[half++] = regions[i + 1];
			}
			if (y + 1 < height && regions[i] !== regions[i + width]) {
				owners[half++] = regions[i];
				owners[half++] = regions[i + width];
			}
		}
	}
	return owners;
}
