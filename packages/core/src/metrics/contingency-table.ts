import { checkLength } from "../errors/index.ts";

export interface ContingencyOptions {
	/** Elements with this label in `truth` are left out. @default none */
	readonly ignoreLabel?: number;
}

/** How often each label of one labelling meets each label of another. Only pairs that occur are listed. */
export interface ContingencyTable {
	/** Labels of the truth, rising. Shape (R,). */
	readonly truthLabels: readonly number[];
	/** Labels of the prediction, rising. Shape (C,). */
	readonly predictedLabels: readonly number[];
	/** Elements of each label of the truth. Shape (R,). */
	readonly truthSizes: Float64Array;
	/** Elements of each label of the prediction. Shape (C,). */
	readonly predictedSizes: Float64Array;
	/** By truth, then by prediction. */
	readonly cells: readonly Cell[];
	/** Elements counted. */
	readonly total: number;
}

export interface Cell {
	/** Index into `truthLabels`. */
	readonly row: number;
	/** Index into `predictedLabels`. */
	readonly column: number;
	/** Elements, at least 1. */
	readonly count: number;
}

/** Cells an element up to which a full matrix is counted; a sparser one is sorted. */
const DENSE_CELLS = 4;

/**
 * Count how two labellings of the same elements meet.
 *
 * @param truth shape (N,), any numbers as labels.
 * @param predicted shape (N,).
 * @throws DinosegError SHAPE_MISMATCH if the lengths differ.
 */
export function contingencyTable(
	truth: ArrayLike<number>,
	predicted: ArrayLike<number>,
	options: ContingencyOptions = {},
): ContingencyTable {
	checkLength("contingencyTable", "predicted (N)", predicted, truth.length);
	const kept = keptElements(truth, options.ignoreLabel);
	const rows = indexLabels(truth, kept);
	const columns = indexLabels(predicted, kept);
	const truthSizes = new Float64Array(rows.labels.length);
	const predictedSizes = new Float64Array(columns.labels.length);
	const keys = new Float64Array(kept.length);
	for (let i = 0; i < kept.length; i++) {
		truthSizes[rows.indices[i]]++;
		predictedSizes[columns.indices[i]]++;
		keys[i] = rows.indices[i] * columns.labels.length + columns.indices[i];
	}
	const size = rows.labels.length * columns.labels.length;
	const cells = size <= DENSE_CELLS * keys.length ? countDense(keys, size) : countSorted(keys);
	return {
		truthLabels: rows.labels,
		predictedLabels: columns.labels,
		truthSizes,
		predictedSizes,
		cells: cells.map(([key, count]) => ({
			row: Math.floor(key / columns.labels.length),
			column: key % columns.labels.length,
			count,
		})),
		total: kept.length,
	};
}

function keptElements(truth: ArrayLike<number>, ignoreLabel: number | undefined): Uint32Array {
	const kept = new Uint32Array(truth.length);
	let count = 0;
	for (let i = 0; i < truth.length; i++) {
		if (truth[i] !== ignoreLabel) {
			kept[count++] = i;
		}
	}
	return kept.subarray(0, count);
}

/** The distinct labels, rising, and which one each kept element has. */
function indexLabels(labels: ArrayLike<number>, kept: Uint32Array): { labels: number[]; indices: Uint32Array } {
	const places = new Map<number, number>();
	const indices = new Uint32Array(kept.length);
	let previous = Number.NaN;
	let place = 0;
	for (let i = 0; i < kept.length; i++) {
		const label = labels[kept[i]];
		// Neighbours mostly have the same label.
		if (label !== previous) {
			previous = label;
			place = places.get(label) ?? places.size;
			places.set(label, place);
		}
		indices[i] = place;
	}
	const found = [...places.keys()];
	const order = Array.from(found.keys()).sort((a, b) => found[a] - found[b]);
	const rank = new Uint32Array(found.length);
	for (let i = 0; i < order.length; i++) {
		rank[order[i]] = i;
	}
	return { labels: order.map((at) => found[at]), indices: indices.map((at) => rank[at]) };
}

function countDense(keys: Float64Array, size: number): [key: number, count: number][] {
	const counts = new Uint32Array(size);
	for (let i = 0; i < keys.length; i++) {
		counts[keys[i]]++;
	}
	const cells: [number, number][] = [];
	for (let key = 0; key < size; key++) {
		if (counts[key] > 0) {
			cells.push([key, counts[key]]);
		}
	}
	return cells;
}

function countSorted(keys: Float64Array): [key: number, count: number][] {
	const sorted = keys.slice().sort();
	const cells: [number, number][] = [];
	for (let start = 0; start < sorted.length; ) {
		let end = start + 1;
		while (sorted[end] === sorted[start]) {
			end++;
		}
		cells.push([sorted[start], end - start]);
		start = end;
	}
	return cells;
}
