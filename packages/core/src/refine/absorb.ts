import { type Check, checkedParts, copyPixels, type Kernels } from "@dinoseg/kernels";
import { checkInteger } from "../errors/index.ts";
import { checkLabelMap, type LabelMap } from "../labels/label-map.ts";
import { AREA_PIXELS } from "../options/index.ts";
import { SizeHeap } from "../size-heap.ts";
import { RegionGraph } from "./region-graph.ts";

/** Regions between two checks. */
const CHECKED_PAIRS = 256;

export interface AbsorbOptions {
	/** A label whose pixels stay and which no region takes; a region that touches nothing else stays too. @default none */
	readonly frozen?: number | undefined;
	/** Write into the memory of the given map, so that a large picture's is not held twice. @default false */
	readonly overwrite?: boolean;
}

/**
 * Let every connected region below a size take the label of a neighbour.
 *
 * Smallest first (of equal ones the first in raster order), a region joins the neighbouring region with the longest
 * shared border; ties go to the larger region, then to the lower label, then to the first in raster order. It then
 * counts with its new size, also together with regions of the same label that it now touches. In the result every
 * region has at least `minPixels` pixels, or the picture is one region.
 *
 * Convention: 4-connected; border lengths in pixel edges. `count` stays, though a label may vanish from the map.
 * Where no region is too small the same map is returned. Time is near linear in pixels: with every merge the size of
 * the smaller region at least doubles, so an edge is looked at log2(minPixels) times at most.
 *
 * @param minPixels smallest area that a region may have, pixels; 0 and 1 change nothing.
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH
 */
export function absorbSmallRegions(
	kernels: Kernels,
	labels: LabelMap,
	minPixels: number,
	{ frozen, overwrite = false }: AbsorbOptions = {},
): LabelMap {
	checkLabelMap("absorbSmallRegions", labels);
	checkInteger("absorbSmallRegions", "minPixels", minPixels, AREA_PIXELS);
	if (minPixels <= 1) {
		return labels;
	}
	// A region for each pixel would take more memory than all else that is held of a large picture's maps.
	const { check } = kernels;
	const runs = kernels.connectedRuns(labels.data, labels.width);
	const graph = new RegionGraph(check, labels, runs);
	if (runs.count === 1 || !holdsSmaller(check, graph.sizes, minPixels)) {
		return labels;
	}
	absorb(check, graph, minPixels, frozen);
	const { ends, regions } = runs;
	const data = overwrite ? labels.data : copyPixels(check, labels.data);
	let start = 0;
	for (const { from, to } of checkedParts(check, ends.length)) {
		for (let run = from; run < to; start = ends[run++]) {
			const label = graph.labels[graph.root(regions[run])];
			if (label !== data[start]) {
				data.fill(label, start, ends[run]);
			}
		}
	}
	return { ...labels, data };
}

function holdsSmaller(check: Check, sizes: Float64Array, limit: number): boolean {
	for (const { from, to } of checkedParts(check, sizes.length)) {
		for (let region = from; region < to; region++) {
			if (sizes[region] < limit) {
				return true;
			}
		}
	}
	return false;
}

function absorb(check: Check, graph: RegionGraph, minPixels: number, frozen: number | undefined): void {
	const count = graph.sizes.length;
	// A merge pushes one pair at most, and there are fewer merges than regions.
	const small = new SizeHeap(2 * count);
	for (const { from, to } of checkedParts(check, count)) {
		for (let region = from; region < to; region++) {
			if (graph.sizes[region] < minPixels && graph.labels[region] !== frozen) {
				small.push(graph.sizes[region], region);
			}
		}
	}
	const lengths = new Float64Array(count);
	let pairs = 0;
	for (let next = small.pop(); next !== undefined; next = small.pop()) {
		if (pairs++ % CHECKED_PAIRS === 0) {
			check();
		}
		const { size, item: region } = next;
		if (graph.root(region) !== region || graph.sizes[region] !== size) {
			// It has been merged since; what it became has a pair of its own.
			continue;
		}
		const around = graph.neighbours(region, lengths);
		const neighbours = around.filter((other) => graph.labels[other] !== frozen);
		if (neighbours.length === 0) {
			clear(lengths, around);
			continue;
		}
		const target = neighbours.reduce((best, other) => (isBetter(graph, lengths, other, best) ? other : best));
		const label = graph.labels[target];
		let root = graph.merge(target, region);
		clear(lengths, around);
		for (const neighbour of neighbours) {
			if (neighbour !== target && graph.labels[neighbour] === label) {
				root = graph.merge(root, neighbour);
			}
		}
		if (graph.sizes[root] < minPixels) {
			small.push(graph.sizes[root], root);
		}
	}
}

function clear(lengths: Float64Array, regions: readonly number[]): void {
	for (const region of regions) {
		lengths[region] = 0;
	}
}

/** True if a small region should rather join `a` than `b`. */
function isBetter(graph: RegionGraph, lengths: Float64Array, a: number, b: number): boolean {
	return (lengths[a] - lengths[b] || graph.sizes[a] - graph.sizes[b] || graph.labels[b] - graph.labels[a] || b - a) > 0;
}
