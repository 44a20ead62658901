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
	if (isRaster(truth) && isRaster(predicted)) {
		const height = highest(truth) + 1;
		const width = highest(predicted) + 1;
		if (height * width <= DENSE_CELLS * truth.length) {
			return countRasters(truth, predicted, height, width, options.ignoreLabel);
		}
	}
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

/** Labels of pixels: small integers, so that they are indices themselves. */
type Raster = Uint8Array | Uint16Array;

function isRaster(labels: ArrayLike<number>): labels is Raster {
	return labels instanceof Uint8Array || labels instanceof Uint16Array;
}

function highest(labels: Raster): number {
	let found = 0;
	for (let i = 0; i < labels.length; i++) {
		found = labels[i] > found ? labels[i] : found;
	}
	return found;
}

/** @param height more than any label of the truth; `width`: more than any of the prediction. */
function countRasters(
	truth: Raster,
	predicted: Raster,
	height: number,
	width: number,
	ignoreLabel: number | undefined,
): ContingencyTable {
	const counts = new Uint32Array(height * width);
	for (let i = 0; i < truth.length; i++) {
		counts[truth[i] * width + predicted[i]]++;
	}
	if (ignoreLabel !== undefined && Number.isInteger(ignoreLabel) && ignoreLabel >= 0 && ignoreLabel < height) {
		counts.fill(0, ignoreLabel * width, (ignoreLabel + 1) * width);
	}
	const rowSizes = new Float64Array(height);
	const columnSizes = new Float64Array(width);
	let total = 0;
	for (let key = 0; key < counts.length; key++) {
		rowSizes[Math.floor(key / width)] += counts[key];
		columnSizes[key % width] += counts[key];
		total += counts[key];
	}
	const truthLabels = occurring(rowSizes);
	const predictedLabels = occurring(columnSizes);
	const cells = truthLabels.flatMap((label, row) =>
		predictedLabels.flatMap((other, column) => {
			const count = counts[label * width + other];
			return count > 0 ? [{ row, column, count }] : [];
		}),
	);
	return {
		truthLabels,
		predictedLabels,
		truthSizes: Float64Array.from(truthLabels, (label) => rowSizes[label]),
		predictedSizes: Float64Array.from(predictedLabels, (label) => columnSizes[label]),
		cells,
		total,
	};
}

/** The labels that have any element. */
function occurring(sizes: Float64Array): number[] {
	const labels: number[] = [];
	for (let label = 0; label < sizes.length; label++) {
		if (sizes[label] > 0) {
			labels.push(label);
		}
	}
	return labels;
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
