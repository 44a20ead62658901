import type { Check } from "@dinoseg/kernels";
import { noCheck } from "../../abort.ts";
import { SizeHeap } from "../../size-heap.ts";
import type { PlanarPartition } from "./planar-partition.ts";
import { hasVertexWithin, markVertices, type Positions, type VertexMap } from "./vertex-map.ts";

/** The arc that is being simplified, as a list that loses vertices. */
interface Line extends Positions {
	/** The vertices on both sides of each, by number within the arc; a loop goes round. */
	readonly before: Int32Array;
	readonly after: Int32Array;
}

interface Simplification {
	readonly partition: PlanarPartition;
	/** Corners that each arc still has, both ends included. */
	readonly sizes: Int32Array;
	readonly vertices: VertexMap;
	readonly line: Line;
	readonly heap: SizeHeap;
	/** Largest triangle whose vertex may go: twice its area, square pixels. */
	readonly limit: number;
}

/** Arcs, or vertices of a long one, between two checks. */
const CHECKED = 256;

/** `after` of a vertex that is gone. */
const REMOVED = -1;

/**
 * Draw borders with fewer vertices: those go first that span the smallest triangle with their neighbours, up to a triangle
 * of tolerance² square pixels. Arcs take turns in their order.
 *
 * Nodes stay where they are, and a vertex stays if its triangle holds another vertex, or if its arc would coincide with
 * another one. So borders neither cross nor touch where they did not before, neighbours have no gap and no overlap between
 * them, and each region keeps a valid polygon, at any tolerance.
 *
 * Source: Visvalingam and Whyatt 1993, doi:10.1179/000870493786962263; the conditions are those of JTS, CoverageSimplifier.
 *
 * @param tolerance pixels, at least 0; 0 changes nothing.
 * @param check     called between steps; what it throws ends the call. Default: none.
 */
export function simplifyPartition(
	partition: PlanarPartition,
	tolerance: number,
	check: Check = noCheck,
): PlanarPartition {
	if (tolerance === 0) {
		return partition;
	}
	const simplification = begin(check, partition, 2 * tolerance * tolerance);
	const { line, sizes } = simplification;
	const corners = new Int32Array(partition.corners.length);
	const starts = new Int32Array(partition.starts.length);
	let kept = 0;
	for (let arc = 0; arc < sizes.length; arc++) {
		if (arc % CHECKED === 0) {
			check();
		}
		const old = partition.corners.subarray(partition.starts[arc], partition.starts[arc + 1]);
		if (old.length === 2) {
			corners.set(old, kept);
		} else {
			loadLine(simplification, arc, old);
			removeVertices(check, simplification, arc);
			storeLine(line, old, corners.subarray(kept, kept + sizes[arc]));
		}
		kept += sizes[arc];
		starts[arc + 1] = kept;
	}
	return { ...partition, corners: corners.subarray(0, kept), starts };
}

function begin(check: Check, partition: PlanarPartition, limit: number): Simplification {
	const sizes = new Int32Array(partition.starts.length - 1);
	let longest = 0;
	for (let arc = 0; arc < sizes.length; arc++) {
		sizes[arc] = partition.starts[arc + 1] - partition.starts[arc];
		longest = Math.max(longest, sizes[arc]);
	}
	const numbers = () => new Int32Array(longest);
	return {
		partition,
		sizes,
		vertices: markVertices(partition, check),
		line: { xs: numbers(), ys: numbers(), before: numbers(), after: numbers() },
		// Every vertex is pushed once at first, and each that goes pushes two.
		heap: new SizeHeap(3 * longest),
		limit,
	};
}

/** Take an arc into the list, and its vertices that may go into the heap. */
function loadLine({ partition, vertices, line, heap, limit }: Simplification, arc: number, corners: Int32Array): void {
	const isLoop = arc >= partition.firstLoop;
	const { xs, ys, before, after } = line;
	for (let vertex = 0; vertex < corners.length; vertex++) {
		ys[vertex] = Math.floor(corners[vertex] / vertices.stride);
		xs[vertex] = corners[vertex] - ys[vertex] * vertices.stride;
		before[vertex] = vertex - 1;
		after[vertex] = vertex + 1;
	}
	const last = corners.length - 1;
	if (isLoop) {
		// The last corner is the first one again.
		before[0] = last - 1;
		after[last - 1] = 0;
	}
	for (let vertex = isLoop ? 0 : 1; vertex < last; vertex++) {
		pushVertex(heap, line, vertex, limit);
	}
}

function pushVertex(heap: SizeHeap, line: Line, vertex: number, limit: number): void {
	const area = doubleArea(line, vertex);
	if (area <= limit) {
		heap.push(area, vertex);
	}
}

/** Twice the area of the triangle of a vertex and its neighbours, square pixels. */
function doubleArea({ xs, ys, before, after }: Line, vertex: number): number {
	const [a, c] = [before[vertex], after[vertex]];
	return Math.abs((xs[vertex] - xs[a]) * (ys[c] - ys[a]) - (xs[c] - xs[a]) * (ys[vertex] - ys[a]));
}

function removeVertices(check: Check, simplification: Simplification, arc: number): void {
	const { partition, sizes, vertices, line, heap, limit } = simplification;
	const { before, after } = line;
	const last = partition.starts[arc + 1] - partition.starts[arc] - 1;
	const isEnd = (vertex: number) => arc < partition.firstLoop && (vertex === 0 || vertex === last);
	let pairs = 0;
	for (let pair = heap.pop(); pair !== undefined; pair = heap.pop()) {
		pairs++;
		if (pairs % CHECKED === 0) {
			check();
		}
		const { size, item: vertex } = pair;
		if (after[vertex] === REMOVED || doubleArea(line, vertex) !== size) {
			// It has gone or its neighbours have changed since; what it became has a pair of its own.
			continue;
		}
		const [a, c] = [before[vertex], after[vertex]];
		if (!mayShrink(simplification, arc) || hasVertexWithin(vertices, line, a, vertex, c)) {
			continue;
		}
		vertices.data[line.ys[vertex] * vertices.stride + line.xs[vertex]] = 0;
		after[a] = c;
		before[c] = a;
		after[vertex] = REMOVED;
		sizes[arc]--;
		for (const neighbour of [a, c]) {
			if (!isEnd(neighbour)) {
				pushVertex(heap, line, neighbour, limit);
			}
		}
	}
}

/** Whether the regions on both sides of an arc keep three vertices if it loses one. */
function mayShrink({ partition, sizes }: Simplification, arc: number): boolean {
	const { corners, starts, next } = partition;
	if (corners[starts[arc]] === corners[starts[arc + 1] - 1]) {
		return sizes[arc] > 4;
	}
	if (sizes[arc] > 3) {
		return true;
	}
	for (const halfEdge of [2 * arc, 2 * arc + 1]) {
		const other = next[halfEdge];
		if (next[other] === halfEdge && sizes[other >> 1] === 2) {
			return false;
		}
	}
	return true;
}

/** Write the corners that are left. A loop begins at its first vertex that is left, and ends there. */
function storeLine({ after }: Line, old: Int32Array, target: Int32Array): void {
	let vertex = 0;
	while (after[vertex] === REMOVED) {
		vertex++;
	}
	for (let index = 0; index < target.length; index++) {
		target[index] = old[vertex];
		vertex = after[vertex];
	}
}
