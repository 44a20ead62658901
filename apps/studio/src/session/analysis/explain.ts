import { DinosegError } from "@dinoseg/core/errors";
import { poolTokens, type RegionTree, type Superpixels } from "@dinoseg/core/regions";
import { gridGeometry, type Matrix, type TokenGrid, tokensAsMatrix } from "@dinoseg/core/tensor";
import { checkedParts, type Kernels } from "@dinoseg/kernels";
import type { Explanation } from "../layers.ts";
import { mergesNext } from "./merges-next.ts";

/** A picture's segments as they are now, edits included. */
export interface PartTable {
	/** Part of each pixel. Shape (height, width). */
	readonly parts: Uint16Array;
	readonly width: number;
	readonly height: number;
	/** Segment of each part. Shape (parts,). */
	readonly table: Uint16Array;
	/** The id in `table` of what is no segment. @default every pixel has one */
	readonly background?: number | undefined;
	/** The first parts are its leaves. @default there is none */
	readonly tree?: RegionTree | undefined;
}

/**
 * Say how a segment stands to the others: by the mean of the tokens under its pixels.
 *
 * Convention: the mean of all tokens of the picture is taken off first. What all tokens have in common is most of their
 * length, so that without this the cosine of any two is near 1. PCA and whitening are left out: they are settings of the
 * clustering, and what a network finds alike should not change with these. What is less alike than nothing, a cosine below
 * 0, is 0 in `similarity`.
 *
 * @throws DinosegError OPTION_INVALID if no pixel has the segment, SHAPE_MISMATCH
 */
export function explain(kernels: Kernels, grid: TokenGrid, scene: PartTable, segment: number): Explanation {
	const tokens = centred(tokensAsMatrix(grid));
	const { map, ids } = mapOf(kernels, scene);
	const own = ids.indexOf(segment);
	if (own === -1 || segment === scene.background) {
		throw new DinosegError(
			"OPTION_INVALID",
			`explain: segment must be one that has pixels, got ${segment}. There are ${listed(ids)}.`,
			{ details: { option: "segment", value: segment } },
		);
	}
	const means = poolTokens(kernels, map, tokens, gridGeometry(grid, map.width, map.height));
	const meanOf = (index: number) => means.subarray(index * tokens.cols, (index + 1) * tokens.cols);
	const mean = meanOf(own);
	const data = new Uint8Array(tokens.rows);
	for (let token = 0; token < tokens.rows; token++) {
		const likeness = cosine(mean, tokens.data.subarray(token * tokens.cols, (token + 1) * tokens.cols));
		data[token] = Math.round(255 * Math.max(0, likeness));
	}
	const others = ids
		.map((id, index) => ({ segment: id, likeness: cosine(mean, meanOf(index)) }))
		.filter(({ segment: id }) => id !== segment && id !== scene.background)
		.sort((a, b) => b.likeness - a.likeness || a.segment - b.segment);
	const nearest = others.slice(0, 1).map(({ segment: id }) => id);
	return {
		segment,
		similarity: { kind: "similarity", width: grid.cols, height: grid.rows, channels: 1, data },
		others,
		mergesNext: (scene.tree && mergesNext(scene.tree, scene.table, segment, scene.background)) ?? nearest,
	};
}

function centred({ data, rows, cols }: Matrix): Matrix {
	const mean = new Float64Array(cols);
	for (let row = 0, at = 0; row < rows; row++) {
		for (let d = 0; d < cols; d++, at++) {
			mean[d] += data[at] / rows;
		}
	}
	return { data: data.map((value, at) => value - mean[at % cols]), rows, cols };
}

/** The segments that have pixels, rising, and the map of their places in that list. */
function mapOf(
	{ check }: Kernels,
	{ parts, width, height, table }: PartTable,
): { readonly map: Superpixels; readonly ids: readonly number[] } {
	const isUsed = new Uint8Array(table.length);
	for (const { from, to } of checkedParts(check, parts.length)) {
		for (let pixel = from; pixel < to; pixel++) {
			isUsed[parts[pixel]] = 1;
		}
	}
	const ids = [...new Set(table.filter((_, part) => isUsed[part] === 1))].sort((a, b) => a - b);
	const places = new Map(ids.map((id, place) => [id, place]));
	const placeOf = Uint16Array.from(table, (id) => places.get(id) ?? 0);
	const data = new Uint16Array(parts.length);
	for (const { from, to } of checkedParts(check, parts.length)) {
		for (let pixel = from; pixel < to; pixel++) {
			data[pixel] = placeOf[parts[pixel]];
		}
	}
	return { map: { data, width, height, count: ids.length }, ids };
}

/** Ids that a message lists. */
const MAX_LISTED = 20;

function listed(ids: readonly number[]): string {
	return `${ids.slice(0, MAX_LISTED).join(", ")}${ids.length > MAX_LISTED ? `, … (${ids.length})` : ""}`;
}

/** Cosine of the angle between two vectors; 0 where one has no length. */
function cosine(a: Float64Array, b: Matrix["data"] | Float64Array): number {
	let [product, lengthA, lengthB] = [0, 0, 0];
	for (let d = 0; d < a.length; d++) {
		product += a[d] * b[d];
		lengthA += a[d] * a[d];
		lengthB += b[d] * b[d];
	}
	const length = Math.sqrt(lengthA * lengthB);
	return length === 0 ? 0 : Math.min(1, Math.max(-1, product / length));
}
