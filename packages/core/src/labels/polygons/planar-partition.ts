import { type Check, checkedParts, type Regions } from "@dinoseg/kernels";
import { noCheck } from "../../abort.ts";
import type { LabelMap } from "../label-map.ts";
import { type CornerEdges, EAST, EDGES, findCornerEdges, NODE } from "./corner-edges.ts";

/** The region beside the borders of the picture, on their outer side. */
export const OUTSIDE = -1;

/**
 * The borders between regions as arcs. Each runs from node to node, or in itself, and is stored once, so that what is
 * done to it is done to the regions on both sides.
 *
 * Convention: corner (x, y) is the upper left corner of pixel (x, y), x to the right, y down; its index is
 * `y · (width + 1) + x`. Half-edge `2 · arc` runs along the arc as it is stored, `2 · arc + 1` against it.
 */
export interface PlanarPartition {
	readonly width: number;
	readonly height: number;
	/** Corners of all arcs, one arc after the other, both ends included; without those on straight stretches. */
	readonly corners: Int32Array;
	/** Where each arc begins in `corners`; one more for the end. */
	readonly starts: Int32Array;
	/** The first arc that is a loop without nodes; all after it are, too. Its first corner comes again as its last. */
	readonly firstLoop: number;
	/** The region on the right of each half-edge, or `OUTSIDE`. */
	readonly regions: Int32Array;
	/** The half-edge that follows each one around the region on its right. */
	readonly next: Int32Array;
}

/** Tracing in progress: `edges` loses what has been walked. */
interface Trace {
	readonly labels: LabelMap;
	readonly regionOf: Uint32Array;
	readonly edges: Uint8Array;
	/** Corner index after one step, by direction. */
	readonly steps: readonly number[];
	readonly corners: Int32Array;
	cornerCount: number;
	readonly starts: Int32Array;
	readonly regions: Int32Array;
	arcs: number;
}

/** Nodes between two checks. Arcs between nodes are far shorter than a picture has pixels. */
const CHECKED_NODES = 256;

/** Direction of a single edge, by its bit. */
const DIRECTION_OF_BIT = Uint8Array.of(0, 0, 1, 0, 2, 0, 0, 0, 3);

/**
 * Trace the borders of a label map, in time linear in pixels.
 *
 * At a corner where four pixels of two regions meet like on a checkerboard, a border goes on to the diagonal pixel of its
 * own region. So each ring of half-edges touches itself nowhere, and holes touch the exterior and one another at points
 * only: what the OGC's Simple Features call a valid polygon.
 *
 * @param regions the 4-connected regions of `labels`.
 * @param check   called between steps; what it throws ends the call. Default: none.
 */
export function tracePartition(labels: LabelMap, regions: Regions, check: Check = noCheck): PlanarPartition {
	const { width, height } = labels;
	const stride = width + 1;
	const cornerEdges = findCornerEdges(labels, check);
	const { nodes, nodeEdges, turns } = cornerEdges;
	const mostLoops = Math.floor(turns / 4);
	const mostArcs = nodeEdges / 2 + mostLoops;
	const trace: Trace = {
		labels,
		regionOf: regions.data,
		edges: cornerEdges.data,
		steps: [1, stride, -1, -stride],
		corners: new Int32Array(turns + nodeEdges + mostLoops),
		cornerCount: 0,
		starts: new Int32Array(mostArcs + 1),
		regions: new Int32Array(2 * mostArcs),
		arcs: 0,
	};
	const { nodeCorners, nodeOf } = numberNodes(check, cornerEdges, nodes);
	const leaving = traceBetweenNodes(check, trace, nodeCorners, nodeOf);
	const firstLoop = trace.arcs;
	traceLoops(check, trace);
	const next = new Int32Array(2 * trace.arcs);
	linkAtNodes(check, trace, nodeCorners, leaving, next);
	for (let halfEdge = 2 * firstLoop; halfEdge < next.length; halfEdge++) {
		next[halfEdge] = halfEdge;
	}
	return {
		width,
		height,
		corners: trace.corners.subarray(0, trace.cornerCount),
		starts: trace.starts.subarray(0, trace.arcs + 1),
		firstLoop,
		regions: trace.regions.subarray(0, 2 * trace.arcs),
		next,
	};
}

/** Number the nodes in raster order. `nodeOf` holds something at nodes only; shape (height + 1, width + 1). */
function numberNodes(
	check: Check,
	{ data }: CornerEdges,
	count: number,
): { nodeCorners: Int32Array; nodeOf: Int32Array } {
	const nodeCorners = new Int32Array(count);
	const nodeOf = new Int32Array(data.length);
	let node = 0;
	for (const { from, to } of checkedParts(check, data.length)) {
		for (let corner = from; corner < to; corner++) {
			if (data[corner] & NODE) {
				nodeOf[corner] = node;
				nodeCorners[node++] = corner;
			}
		}
	}
	return { nodeCorners, nodeOf };
}

/** @returns the half-edge that leaves each node in each direction, -1 for none. Shape (nodes, 4). */
function traceBetweenNodes(check: Check, trace: Trace, nodeCorners: Int32Array, nodeOf: Int32Array): Int32Array {
	const leaving = new Int32Array(4 * nodeCorners.length).fill(-1);
	for (let node = 0; node < nodeCorners.length; node++) {
		if (node % CHECKED_NODES === 0) {
			check();
		}
		for (let direction = 0; direction < 4; direction++) {
			if (trace.edges[nodeCorners[node]] & (1 << direction)) {
				leaving[4 * node + direction] = 2 * trace.arcs;
				const back = traceArc(trace, nodeCorners[node], direction);
				const end = nodeOf[trace.corners[trace.cornerCount - 1]];
				leaving[4 * end + back] = 2 * trace.arcs - 1;
			}
		}
	}
	return leaving;
}

function traceLoops(check: Check, trace: Trace): void {
	for (const { from, to } of checkedParts(check, trace.edges.length)) {
		for (let corner = from; corner < to; corner++) {
			if (trace.edges[corner] & EDGES) {
				// In raster order, a loop is met at its upper left corner, whose edges go east and south.
				traceArc(trace, corner, EAST);
			}
		}
	}
}

/**
 * Follow a border to the next node, or around back to where it began.
 *
 * @returns the direction that leads back from its end.
 */
function traceArc(trace: Trace, start: number, direction: number): number {
	const { edges, steps, corners } = trace;
	const arc = trace.arcs++;
	trace.regions[2 * arc] = regionAt(trace, start, direction);
	trace.regions[2 * arc + 1] = regionAt(trace, start, (direction + 3) & 3);
	corners[trace.cornerCount++] = start;
	let corner = start;
	let heading = direction;
	for (;;) {
		edges[corner] &= ~(1 << heading);
		corner += steps[heading];
		edges[corner] &= ~(1 << (heading ^ 2));
		const ahead = edges[corner];
		if (ahead === 0 || ahead & NODE) {
			break;
		}
		const turned = DIRECTION_OF_BIT[ahead];
		if (turned !== heading) {
			corners[trace.cornerCount++] = corner;
			heading = turned;
		}
	}
	corners[trace.cornerCount++] = corner;
	trace.starts[trace.arcs] = trace.cornerCount;
	return heading ^ 2;
}

/**
 * The region of a pixel beside a corner. Quadrants go clockwise from the lower right one: on the way in a direction, the
 * quadrant of the same number lies ahead to the right, the one before it ahead to the left.
 */
function regionAt({ labels, regionOf }: Trace, corner: number, quadrant: number): number {
	const { width, height } = labels;
	const cornerY = Math.floor(corner / (width + 1));
	const x = corner - cornerY * (width + 1) - (quadrant === 1 || quadrant === 2 ? 1 : 0);
	const y = cornerY - (quadrant >> 1);
	return x < 0 || y < 0 || x >= width || y >= height ? OUTSIDE : regionOf[y * width + x];
}

function linkAtNodes(check: Check, trace: Trace, nodeCorners: Int32Array, leaving: Int32Array, next: Int32Array): void {
	for (let node = 0; node < nodeCorners.length; node++) {
		if (node % CHECKED_NODES === 0) {
			check();
		}
		for (let heading = 0; heading < 4; heading++) {
			const back = leaving[4 * node + (heading ^ 2)];
			if (back < 0) {
				continue;
			}
			const arriving = back ^ 1;
			const region = trace.regions[arriving];
			let turned = (heading + 1) & 3;
			if (regionAt(trace, nodeCorners[node], (heading + 3) & 3) === region) {
				turned = (heading + 3) & 3;
			} else if (regionAt(trace, nodeCorners[node], heading) === region) {
				turned = heading;
			}
			next[arriving] = leaving[4 * node + turned];
		}
	}
}
