import { type Check, checkedParts } from "@dinoseg/kernels";
import type { LabelMap } from "../label-map.ts";

/** Directions from a corner, clockwise on the screen. Bit `1 << direction` stands for the edge that leaves that way. */
export const EAST = 0;
const SOUTH = 1;
const WEST = 2;
const NORTH = 3;

/** All edges of a corner. */
export const EDGES = 15;

/** A corner at which chains of edges end: three edges or more meet, or it is a corner of the picture. */
export const NODE = 16;

export interface CornerEdges {
	/** Bits of the edges at each corner, and `NODE`. Shape (height + 1, width + 1). */
	readonly data: Uint8Array;
	readonly nodes: number;
	/** Edges that leave nodes, counted at each of their ends. */
	readonly nodeEdges: number;
	/** Corners, apart from nodes, at which a border turns. */
	readonly turns: number;
}

/**
 * The edges between pixels of different labels, and those around the picture, at each corner of a pixel.
 *
 * Convention: corner (x, y) is the upper left corner of pixel (x, y); x to the right, y down.
 *
 * @param check called between rows.
 */
export function findCornerEdges(labels: LabelMap, check: Check): CornerEdges {
	const { width, height } = labels;
	const stride = width + 1;
	const data = new Uint8Array(stride * (height + 1));
	markInnerEdges(check, data, labels);
	for (let x = 0; x < width; x++) {
		markHorizontal(data, x);
		markHorizontal(data, height * stride + x);
	}
	for (let y = 0; y < height; y++) {
		markVertical(data, y * stride, stride);
		markVertical(data, y * stride + width, stride);
	}
	for (const corner of [0, width, height * stride, height * stride + width]) {
		data[corner] |= NODE;
	}
	return { data, ...markNodes(check, data) };
}

function markInnerEdges(check: Check, data: Uint8Array, { data: labels, width, height }: LabelMap): void {
	const stride = width + 1;
	for (let y = 0; y < height; y++) {
		check();
		for (let x = 0; x < width; x++) {
			const pixel = y * width + x;
			const label = labels[pixel];
			if (x > 0 && labels[pixel - 1] !== label) {
				markVertical(data, y * stride + x, stride);
			}
			if (y > 0 && labels[pixel - width] !== label) {
				markHorizontal(data, y * stride + x);
			}
		}
	}
}

function markHorizontal(data: Uint8Array, corner: number): void {
	data[corner] |= 1 << EAST;
	data[corner + 1] |= 1 << WEST;
}

function markVertical(data: Uint8Array, corner: number, stride: number): void {
	data[corner] |= 1 << SOUTH;
	data[corner + stride] |= 1 << NORTH;
}

function markNodes(check: Check, data: Uint8Array): Omit<CornerEdges, "data"> {
	let nodes = 0;
	let nodeEdges = 0;
	let turns = 0;
	for (const { from, to } of checkedParts(check, data.length)) {
		for (let corner = from; corner < to; corner++) {
			const bits = data[corner];
			if (bits === 0) {
				continue;
			}
			const degree = (bits & 1) + ((bits >> 1) & 1) + ((bits >> 2) & 1) + ((bits >> 3) & 1);
			if (degree > 2 || bits & NODE) {
				data[corner] |= NODE;
				nodes++;
				nodeEdges += degree;
			} else if (bits !== ((1 << EAST) | (1 << WEST)) && bits !== ((1 << SOUTH) | (1 << NORTH))) {
				turns++;
			}
		}
	}
	return { nodes, nodeEdges, turns };
}
