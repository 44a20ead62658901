import { type Check, checkedParts } from "@dinoseg/kernels";
import type { PlanarPartition } from "./planar-partition.ts";

/** Which corners of the picture are vertices of an arc. Shape (height + 1, width + 1). */
export interface VertexMap {
	readonly data: Uint8Array;
	readonly stride: number;
}

/** Positions by number. */
export interface Positions {
	readonly xs: Int32Array;
	readonly ys: Int32Array;
}

/** @param check called between steps. */
export function markVertices({ corners, width, height }: PlanarPartition, check: Check): VertexMap {
	const stride = width + 1;
	const data = new Uint8Array(stride * (height + 1));
	for (const { from, to } of checkedParts(check, corners.length)) {
		for (let at = from; at < to; at++) {
			data[corners[at]] = 1;
		}
	}
	return { data, stride };
}

/**
 * Whether a vertex other than a, b and c lies in the closed triangle abc.
 *
 * Walks along the corners in the triangle, row by row: about as many as its area and its height in pixels. Quotients are
 * rounded only where they are no integers, and then lie too far from one for the rounding to matter.
 *
 * @param a number in `positions`, like b and c.
 */
export function hasVertexWithin(vertices: VertexMap, positions: Positions, a: number, b: number, c: number): boolean {
	const { data, stride } = vertices;
	const { xs, ys } = positions;
	const cornerOf = (vertex: number) => ys[vertex] * stride + xs[vertex];
	const [cornerA, cornerB, cornerC] = [cornerOf(a), cornerOf(b), cornerOf(c)];
	const bottom = Math.max(ys[a], ys[b], ys[c]);
	for (let y = Math.min(ys[a], ys[b], ys[c]); y <= bottom; y++) {
		const left = Math.min(
			leftOnEdge(positions, a, b, y),
			leftOnEdge(positions, b, c, y),
			leftOnEdge(positions, c, a, y),
		);
		const right = Math.max(
			rightOnEdge(positions, a, b, y),
			rightOnEdge(positions, b, c, y),
			rightOnEdge(positions, c, a, y),
		);
		for (let corner = y * stride + left; corner <= y * stride + right; corner++) {
			if (data[corner] && corner !== cornerA && corner !== cornerB && corner !== cornerC) {
				return true;
			}
		}
	}
	return false;
}

/** The first corner of a row that is not left of an edge; infinite if the edge does not meet the row. */
function leftOnEdge({ xs, ys }: Positions, from: number, to: number, y: number): number {
	if (y < Math.min(ys[from], ys[to]) || y > Math.max(ys[from], ys[to])) {
		return Number.POSITIVE_INFINITY;
	}
	if (ys[from] === ys[to]) {
		return Math.min(xs[from], xs[to]);
	}
	return xs[from] + Math.ceil(((xs[to] - xs[from]) * (y - ys[from])) / (ys[to] - ys[from]));
}

/** The last corner of a row that is not right of an edge; infinitely far left if the edge does not meet the row. */
function rightOnEdge({ xs, ys }: Positions, from: number, to: number, y: number): number {
	if (y < Math.min(ys[from], ys[to]) || y > Math.max(ys[from], ys[to])) {
		return Number.NEGATIVE_INFINITY;
	}
	if (ys[from] === ys[to]) {
		return Math.max(xs[from], xs[to]);
	}
	return xs[from] + Math.floor(((xs[to] - xs[from]) * (y - ys[from])) / (ys[to] - ys[from]));
}
