import { type Check, checkedCopy, checkedParts, type Kernels } from "@dinoseg/kernels";
import { allocateLabels, type LabelMap } from "../../labels/label-map.ts";
import type { SegmentationOptions, SmoothingOption } from "../../options/index.ts";
import { clusterScores, defaultSmoothWindow, type SmoothOptions, upsampleLabels } from "../../refine/index.ts";
import { gridGeometry, type Matrix, type TokenGrid } from "../../tensor/index.ts";
import { bestLeafScores, cutTokenClusters, type TokenClusters } from "../cluster-tokens.ts";
import type { Segmentation } from "../segmentation.ts";
import { type Box, splitMap } from "./split-map.ts";
import { type TokenSplit, tokenSplits } from "./token-splits.ts";

/** What a segmentation was made of. */
interface SegmentationSource {
	readonly points: Matrix;
	readonly grid: Omit<TokenGrid, "data" | "norms">;
	readonly tokens: TokenClusters;
	/** How it was smoothed. */
	readonly smooth: Omit<SmoothOptions, "method"> & Pick<SmoothingOption, "method">;
}

interface ChangeGranularityOptions extends Pick<SegmentationOptions, "restarts" | "seed"> {
	/** Segments to show; 1 to 64 more than the segmentation has. */
	readonly granularity: number;
}

/** The parts of a segmentation that follow from its pixels and tokens. */
type Numbered = Pick<Segmentation, "labels" | "rawLabels" | "confidence" | "tokenLabels">;

/**
 * Show a segmentation coarser or finer: segments merge along the merge tree or are split, and nothing else moves.
 *
 * Merged segments keep the lowest of their ids. Of a split segment, the part with more pixels keeps the id, and the other
 * one gets the next new id. So segmentations of every two granularities are nested pixel for pixel, and each segment of
 * the coarser one has the lowest id of its parts in the finer one. Ids that merged into others are missing from the
 * result, and their centroids are NaN.
 *
 * Convention: borders of new parts are where the interpolated scores are equal, as `upsampleLabels` has it, and then
 * smoothed as the segmentation was, by "guided" in place of "crf". At the granularity that the segmentation has, it is
 * returned as it is.
 *
 * @param accepted is taken over: its maps may be written to, so that a large picture's are not held twice.
 * @returns as many clusters as asked for, or fewer if there are fewer distinct tokens.
 */
export function changeGranularity(
	kernels: Kernels,
	source: SegmentationSource,
	accepted: Segmentation,
	options: ChangeGranularityOptions,
): Segmentation {
	const { granularity } = options;
	if (granularity === accepted.clusters) {
		return accepted;
	}
	const numbered =
		granularity < accepted.clusters
			? mergeSegments(kernels, source, accepted, granularity)
			: splitSegments(kernels, source, accepted, options);
	const ids = Math.max(accepted.clusters, numbered.labels.count);
	return { ...accepted, ...numbered, ...describeTokens(source.points, numbered.tokenLabels, ids) };
}

function mergeSegments(
	kernels: Kernels,
	{ points, grid, tokens }: SegmentationSource,
	accepted: Segmentation,
	count: number,
): Numbered {
	const { ofLeaves, labels: merged } = cutTokenClusters(tokens, count);
	const lowest = new Uint16Array(count).fill(0xffff);
	for (const [token, segment] of merged.entries()) {
		lowest[segment] = Math.min(lowest[segment], accepted.tokenLabels[token]);
	}
	const newIds = new Uint16Array(accepted.clusters);
	for (const [token, segment] of merged.entries()) {
		newIds[accepted.tokenLabels[token]] = lowest[segment];
	}
	const renumber = (map: LabelMap): LabelMap => ({ ...map, data: renumbered(kernels.check, map, newIds) });
	const { confidence } = upsampleLabels(kernels, {
		scores: bestLeafScores(clusterScores(kernels, points, tokens.leaves.centroids), ofLeaves, count),
		grid,
		clusters: count,
		width: grid.imageWidth,
		height: grid.imageHeight,
		temperature: temperatureOf(tokens, points),
	});
	return {
		labels: renumber(accepted.labels),
		rawLabels: renumber(accepted.rawLabels),
		confidence,
		tokenLabels: accepted.tokenLabels.map((id) => newIds[id]),
	};
}

function splitSegments(
	kernels: Kernels,
	{ points, grid, tokens, smooth }: SegmentationSource,
	accepted: Segmentation,
	{ granularity, restarts, seed }: ChangeGranularityOptions,
): Numbered {
	const from = accepted.clusters;
	const splits = tokenSplits(kernels, points, tokens, { from, to: granularity, restarts, seed });
	const count = from + splits.length;
	const { width, height } = accepted.labels;
	const maps = {
		labels: widen(kernels.check, accepted.labels, count),
		rawLabels: widen(kernels.check, accepted.rawLabels, count),
		confidence: accepted.confidence,
	};
	const tokenLabels = accepted.tokenLabels.slice();
	const smoothing = smoothingOfSplits(grid, smooth);
	const boxes: Box[] = Array.from({ length: from }, () => ({ left: 0, top: 0, width, height }));
	for (const [at, split] of splits.entries()) {
		const id = tokenLabels[split[0].tokens[0]];
		const newId = from + at;
		const { moved, box } = splitMap(kernels, maps, {
			id,
			newId,
			scores: splitScores(kernels, points, split),
			geometry: gridGeometry(grid, width, height),
			temperature: temperatureOf(tokens, points),
			smooth: smoothing,
			minPixels: accepted.minAreaPixels,
			within: boxes[id],
		});
		boxes[id] = box;
		boxes[newId] = box;
		for (const token of split[moved].tokens) {
			tokenLabels[token] = newId;
		}
	}
	return { ...maps, tokenLabels };
}

/**
 * How borders of new parts are smoothed: a random field would work through the whole picture once more for each
 * split, so "guided" takes its place, with a window no wider than its own.
 */
function smoothingOfSplits(grid: SegmentationSource["grid"], smooth: SegmentationSource["smooth"]): SmoothOptions {
	const { method, window, picture } = smooth;
	return method === "crf"
		? { method: "guided", window: Math.min(window, defaultSmoothWindow(grid, "guided")), picture }
		: { method, window, picture };
}

/** Scores of both parts of a split at every token of the picture. Shape (N, 2). */
function splitScores(
	kernels: Kernels,
	points: Matrix,
	[{ centroids: first }, { centroids: second }]: TokenSplit,
): Float32Array {
	const centroids = new Float64Array(first.length + second.length);
	centroids.set(first);
	centroids.set(second, first.length);
	const sides = Array.from({ length: centroids.length / points.cols }, (_, at) =>
		at * points.cols < first.length ? 0 : 1,
	);
	return bestLeafScores(clusterScores(kernels, points, centroids), sides, 2);
}

/** Every id of a map replaced, in memory of its own. */
function renumbered(check: Check, { data, count }: LabelMap, newIds: Uint16Array): LabelMap["data"] {
	const renumbered = allocateLabels(data.length, count);
	for (const { from, to } of checkedParts(check, data.length)) {
		for (let i = from; i < to; i++) {
			renumbered[i] = newIds[data[i]];
		}
	}
	return renumbered;
}

/** The map with room for more ids: the same memory where they fit. */
function widen(check: Check, map: LabelMap, count: number): LabelMap {
	if (count <= 256 || map.data instanceof Uint16Array) {
		return { ...map, count };
	}
	const data = allocateLabels(map.data.length, count);
	checkedCopy(check, map.data, data);
	return { ...map, data, count };
}

function temperatureOf({ leaves }: TokenClusters, points: Matrix): number {
	return leaves.inertia / points.rows;
}

/** The mean of the tokens of each id, NaN for ids without tokens, and the squared distances to them. */
function describeTokens(
	{ data, rows, cols }: Matrix,
	labels: Uint16Array,
	ids: number,
): Pick<Segmentation, "clusters" | "centroids" | "inertia"> {
	const sizes = new Float64Array(ids);
	const centroids = new Float64Array(ids * cols);
	for (let row = 0; row < rows; row++) {
		sizes[labels[row]]++;
		for (let d = 0; d < cols; d++) {
			centroids[labels[row] * cols + d] += data[row * cols + d];
		}
	}
	for (let at = 0; at < centroids.length; at++) {
		centroids[at] /= sizes[Math.floor(at / cols)];
	}
	let inertia = 0;
	for (let row = 0; row < rows; row++) {
		for (let d = 0; d < cols; d++) {
			const difference = data[row * cols + d] - centroids[labels[row] * cols + d];
			inertia += difference * difference;
		}
	}
	return { clusters: sizes.filter((size) => size > 0).length, centroids, inertia };
}
