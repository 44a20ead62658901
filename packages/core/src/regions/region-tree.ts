import type { Check, Kernels } from "@dinoseg/kernels";
import { checkInteger, checkLength, DinosegError } from "../errors/index.ts";
import type { Matrix } from "../tensor/index.ts";
import { findBorders, type RegionBorders } from "./region-borders.ts";
import type { Superpixels } from "./superpixels.ts";

/**
 * How superpixels grow together, two neighbours at a time, to the whole picture. Every cut of it is a segmentation, and
 * every finer cut is a refinement of a coarser one.
 */
export interface RegionTree {
	/** Superpixels. */
	readonly leaves: number;
	/** Pixels with data of each superpixel; next to nothing, but above 0, where there are none. Shape (leaves,). */
	readonly areas: Float64Array;
	/**
	 * The two nodes that each merge joins, the lower first: 0 … leaves - 1 are superpixels, leaves + i is what merge i
	 * makes, as in SciPy's `linkage`. Shape (leaves - 1, 2).
	 */
	readonly merges: Uint32Array;
	/** What each merge cost, 0 below the minimum area; where a later one costs less, the height before. Shape (leaves - 1,). */
	readonly heights: Float32Array;
}

export interface RegionTreeOptions {
	/** What each superpixel looks like; squared differences count. Shape (leaves, D). */
	readonly features: Matrix;
	/** How steeply the colour changes at each pixel, CIELAB units a pixel. Shape (height, width). */
	readonly gradient: Float32Array;
	/** Pixels of each superpixel, where `superpixels` is a smaller picture of what is meant. @default those of `superpixels`. Shape (leaves,). */
	readonly areas?: Float64Array;
	/** While a node has fewer pixels, its cheapest merge comes first, at height 0. @default 0 */
	readonly minAreaPixels?: number;
}

/**
 * Merge neighbours, the least cost first, until one node is the whole picture.
 *
 * The cost of two nodes is (a b / (a + b)) ** (5/16) * (squared distance of their mean features * min(1, g / 6) + g / 10),
 * with a and b their shares of the picture's area and g the mean gradient along their common border. Where no edge is, as
 * in a sky, the distance counts little, however far the mean colours of both sides lie apart.
 *
 * Convention: of equal costs the lower pair of nodes goes first. Only square roots beside the four operations, so
 * every JavaScript engine gives the same numbers.
 * Source: region adjacency merging after Ward 1963, doi:10.1080/01621459.1963.10500845; the exponent and the border are
 * ours.
 *
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH
 */
export function buildRegionTree(
	{ check }: Pick<Kernels, "check">,
	superpixels: Superpixels,
	{ features, gradient, areas: givenAreas, minAreaPixels = 0 }: RegionTreeOptions,
): RegionTree {
	const { width, height, count } = superpixels;
	checkLength("buildRegionTree", "gradient (height, width)", gradient, height, width);
	checkLength("buildRegionTree", "features (superpixels, D)", features.data, count, features.cols);
	checkInteger("buildRegionTree", "minAreaPixels", minAreaPixels, { min: 0, max: Number.MAX_SAFE_INTEGER });
	if (features.data.some(Number.isNaN)) {
		throw new DinosegError("OPTION_INVALID", "buildRegionTree: features must be numbers, got NaN.");
	}
	const borders = findBorders(superpixels, gradient, check);
	const areas = givenAreas ?? borders.areas;
	checkLength("buildRegionTree", "areas (superpixels)", areas, count);
	const nodes = new Nodes(areas, features, borders, check);
	const merges = new Uint32Array(2 * (count - 1));
	const heights = new Float32Array(count - 1);
	let reached = 0;
	for (let merge = 0; merge < count - 1; merge++) {
		check();
		const { slot, cost, isSmall } = nodes.next(minAreaPixels);
		reached = isSmall ? reached : Math.max(reached, cost);
		merges.set(nodes.merge(slot, count + merge), 2 * merge);
		heights[merge] = reached;
	}
	return { leaves: count, areas, merges, heights };
}

const NONE = -1;
/** A node can have thousands of neighbours, and features a thousand numbers. */
const NEIGHBOURS_PER_CHECK = 256;
/** From this mean gradient on a border is an edge, across which differences count in full; CIELAB units a pixel. */
const EDGE = 6;
/** A border as steep as this counts as much as a squared difference of 1; CIELAB units a pixel. */
const STEEPNESS = 10;

/** The nodes that are left, each in the slot of one of its superpixels. */
class Nodes {
	readonly #slots: number[];
	/** Node that each slot holds. */
	readonly #ids: Uint32Array;
	readonly #areas: Float64Array;
	readonly #means: Float64Array;
	readonly #cols: number;
	readonly #pixels: number;
	readonly #check: Check;
	/** Of each slot: the border with each neighbouring slot. */
	readonly #borders: readonly Map<number, number>[];
	readonly #lengths: Float64Array;
	readonly #gradients: Float64Array;
	/** Of each border. */
	readonly #costs: Float64Array;
	/** The cheapest neighbour of each slot. */
	readonly #best: Int32Array;
	readonly #bestCosts: Float64Array;

	constructor(areas: Float64Array, features: Matrix, borders: RegionBorders, check: Check) {
		const count = areas.length;
		this.#check = check;
		this.#slots = Array.from({ length: count }, (_, slot) => slot);
		this.#ids = Uint32Array.from(this.#slots);
		this.#areas = areas.slice();
		this.#means = Float64Array.from(features.data);
		this.#cols = features.cols;
		this.#pixels = areas.reduce((sum, area) => sum + area, 0);
		this.#borders = borders.neighbours;
		this.#lengths = borders.lengths;
		this.#gradients = borders.gradients;
		this.#costs = new Float64Array(borders.lengths.length);
		this.#best = new Int32Array(count).fill(NONE);
		this.#bestCosts = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
		for (const slot of this.#slots) {
			for (const [other, border] of this.#borders[slot]) {
				if (slot < other) {
					this.#costs[border] = this.#cost(slot, other, border);
				}
			}
		}
		for (const slot of this.#slots) {
			this.#findBest(slot);
		}
	}

	/** A slot whose cheapest merge comes next. */
	next(minAreaPixels: number): { readonly slot: number; readonly cost: number; readonly isSmall: boolean } {
		let next = NONE;
		let isSmall = false;
		for (const slot of this.#slots) {
			const small = this.#areas[slot] < minAreaPixels;
			if (next === NONE || (small && !isSmall) || (small === isSmall && this.#comesBefore(slot, next))) {
				next = slot;
				isSmall = small;
			}
		}
		return { slot: next, cost: this.#bestCosts[next], isSmall };
	}

	/** Join a slot with its cheapest neighbour. Returns the two nodes, the lower first. */
	merge(slot: number, id: number): [number, number] {
		const gone = this.#best[slot];
		const nodes: [number, number] = [
			Math.min(this.#ids[slot], this.#ids[gone]),
			Math.max(this.#ids[slot], this.#ids[gone]),
		];
		const [kept, lost] = [this.#areas[slot], this.#areas[gone]];
		for (let d = 0, at = slot * this.#cols, from = gone * this.#cols; d < this.#cols; d++, at++, from++) {
			this.#means[at] = (kept * this.#means[at] + lost * this.#means[from]) / (kept + lost);
		}
		this.#areas[slot] = kept + lost;
		this.#ids[slot] = id;
		this.#slots.splice(this.#slots.indexOf(gone), 1);
		this.#joinBorders(slot, gone);
		let neighbours = 0;
		for (const [other, border] of this.#borders[slot]) {
			this.#costs[border] = this.#cost(slot, other, border);
			if (++neighbours % NEIGHBOURS_PER_CHECK === 0) {
				this.#check();
			}
		}
		for (const other of this.#borders[slot].keys()) {
			this.#findBest(other);
		}
		this.#findBest(slot);
		return nodes;
	}

	#joinBorders(slot: number, gone: number): void {
		const kept = this.#borders[slot];
		kept.delete(gone);
		for (const [other, border] of this.#borders[gone]) {
			if (other === slot) {
				continue;
			}
			this.#borders[other].delete(gone);
			const common = kept.get(other);
			if (common === undefined) {
				kept.set(other, border);
				this.#borders[other].set(slot, border);
			} else {
				this.#lengths[common] += this.#lengths[border];
				this.#gradients[common] += this.#gradients[border];
			}
		}
		this.#borders[gone].clear();
	}

	#cost(slot: number, other: number, border: number): number {
		let distance = 0;
		for (let d = 0, a = slot * this.#cols, b = other * this.#cols; d < this.#cols; d++, a++, b++) {
			const difference = this.#means[a] - this.#means[b];
			distance += difference * difference;
		}
		const a = this.#areas[slot] / this.#pixels;
		const b = this.#areas[other] / this.#pixels;
		const fourth = Math.sqrt(Math.sqrt((a * b) / (a + b)));
		const gradient = this.#gradients[border] / this.#lengths[border];
		return fourth * Math.sqrt(Math.sqrt(fourth)) * (distance * Math.min(1, gradient / EDGE) + gradient / STEEPNESS);
	}

	#findBest(slot: number): void {
		let best = NONE;
		let least = Number.POSITIVE_INFINITY;
		for (const [other, border] of this.#borders[slot]) {
			const cost = this.#costs[border];
			if (cost < least || (cost === least && this.#ids[other] < this.#ids[best])) {
				best = other;
				least = cost;
			}
		}
		this.#best[slot] = best;
		this.#bestCosts[slot] = least;
	}

	/** Whether the best merge of one slot comes before that of another. */
	#comesBefore(slot: number, other: number): boolean {
		const [cost, otherCost] = [this.#bestCosts[slot], this.#bestCosts[other]];
		if (cost !== otherCost) {
			return cost < otherCost;
		}
		const [a, b] = this.#pair(slot);
		const [c, d] = this.#pair(other);
		return a < c || (a === c && b < d);
	}

	#pair(slot: number): [number, number] {
		const [a, b] = [this.#ids[slot], this.#ids[this.#best[slot]]];
		return a < b ? [a, b] : [b, a];
	}
}
