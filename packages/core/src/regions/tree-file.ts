import { DinosegError } from "../errors/index.ts";
import type { Matrix } from "../tensor/index.ts";
import type { RegionTree } from "./region-tree.ts";

/** A region tree, and what each of its superpixels looks like. */
export interface DescribedTree {
	readonly tree: RegionTree;
	/** Shape (leaves, D). */
	readonly features: Matrix;
}

/** Bytes of the number before the JSON. */
const PREFIX_BYTES = 4;
/** Of the largest element: each array begins at a multiple of it. */
const ALIGNMENT = 8;
/** As many superpixels, and as many values of each, as a picture can have. */
const BOUNDS = { leaves: 2 ** 16, dim: 2 ** 16 };

/**
 * A region tree as bytes, for another program or a browser.
 *
 * Format, little-endian: uint32 length of the JSON, the JSON `{leaves, dim}` padded with blanks so that what follows begins
 * at a multiple of 8; then float64 areas (leaves,), uint32 merges (leaves - 1, 2), float32 heights (leaves - 1,), float32
 * features (leaves, dim).
 *
 * @throws DinosegError SHAPE_MISMATCH unless there is a row of features for each superpixel
 */
export function encodeRegionTree({ tree, features }: DescribedTree): Uint8Array {
	const { leaves, areas, merges, heights } = tree;
	if (features.rows !== leaves) {
		throw new DinosegError(
			"SHAPE_MISMATCH",
			`encodeRegionTree: features must be (${leaves}, D), got (${features.rows}, ${features.cols}).`,
			{ details: { expected: leaves, actual: features.rows } },
		);
	}
	const text = JSON.stringify({ leaves, dim: features.cols });
	const begin = Math.ceil((PREFIX_BYTES + text.length) / ALIGNMENT) * ALIGNMENT;
	const arrays = [areas, merges, heights, features.data];
	const bytes = new Uint8Array(arrays.reduce((sum, { byteLength }) => sum + byteLength, begin));
	new DataView(bytes.buffer).setUint32(0, begin - PREFIX_BYTES, true);
	bytes.set(new TextEncoder().encode(text.padEnd(begin - PREFIX_BYTES)), PREFIX_BYTES);
	let at = begin;
	for (const { buffer, byteOffset, byteLength } of arrays) {
		bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
		at += byteLength;
	}
	return bytes;
}

/**
 * The tree of `encodeRegionTree`.
 *
 * @throws DinosegError RESULT_INVALID if the bytes are anything else
 */
export function decodeRegionTree(bytes: Uint8Array): DescribedTree {
	const { begin, leaves, dim } = readHeader(bytes);
	const sizes = [8 * leaves, 8 * (leaves - 1), 4 * (leaves - 1), 4 * leaves * dim];
	if (bytes.length !== sizes.reduce((sum, size) => sum + size, begin)) {
		throw invalid(`${leaves} superpixels with ${dim} values each, and ${bytes.length} bytes`);
	}
	let at = begin;
	const [areas, merges, heights, features] = sizes.map((size) => {
		const { buffer } = new Uint8Array(bytes.subarray(at, at + size));
		at += size;
		return buffer;
	});
	return {
		tree: {
			leaves,
			areas: new Float64Array(areas),
			merges: new Uint32Array(merges),
			heights: new Float32Array(heights),
		},
		features: { data: new Float32Array(features), rows: leaves, cols: dim },
	};
}

function readHeader(bytes: Uint8Array): { readonly begin: number; readonly leaves: number; readonly dim: number } {
	if (bytes.length < PREFIX_BYTES) {
		throw invalid(`${bytes.length} bytes`);
	}
	const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
	const begin = PREFIX_BYTES + length;
	let header: { readonly leaves?: unknown; readonly dim?: unknown } | null = null;
	if (begin <= bytes.length) {
		try {
			header = JSON.parse(new TextDecoder().decode(bytes.subarray(PREFIX_BYTES, begin)));
		} catch {
			// Said below.
		}
	}
	const { leaves, dim } = header ?? {};
	if (!isCount(leaves, 1, BOUNDS.leaves) || !isCount(dim, 0, BOUNDS.dim)) {
		throw invalid("no such header");
	}
	return { begin, leaves, dim };
}

function isCount(value: unknown, min: number, max: number): value is number {
	return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

function invalid(problem: string): DinosegError {
	return new DinosegError(
		"RESULT_INVALID",
		`decodeRegionTree: expected the bytes of a region tree, got ${problem}. Ask for the tree again.`,
	);
}
