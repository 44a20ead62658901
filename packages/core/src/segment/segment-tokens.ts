import type { Kernels } from "@dinoseg/kernels";
import { type AbortState, cancellableKernels } from "../abort.ts";
import type { KMeansResult } from "../cluster/index.ts";
import { type KeptWalk, tokenClusterings } from "../cluster/token-clusterings.ts";
import { checkLength } from "../errors/index.ts";
import type { RgbImage } from "../image/index.ts";
import { clearBackground, markBackground, segmentPixels } from "../labels/background.ts";
import { numberByArea, numberMap } from "../labels/numbering.ts";
import { clusterRange, minimumPixels, type SegmentationOptions } from "../options/index.ts";
import { validTokens } from "../points/valid-tokens.ts";
import {
	absorbSmallRegions,
	clusterScores,
	defaultSmoothWindow,
	requirePicture,
	smoothLabels,
	type UpsampleOptions,
	upsampleLabels,
} from "../refine/index.ts";
import type { TokenGrid } from "../tensor/index.ts";
import { type ReducedTokens, type ReductionOptions, reduceTokens } from "./reduce-tokens.ts";
import { type KeptCuts, type KeptRegions, segmentRegions } from "./segment-regions.ts";
import type { ClusterSegmentation, Segmentation } from "./segmentation.ts";
import type { StageRecorder } from "./stage-recorder.ts";

/** The options that act from the tokens on. */
export type TokenOptions = Pick<
	SegmentationOptions,
	"segments" | "clusters" | "detail" | keyof ReductionOptions | "smooth" | "minArea" | "init" | "restarts" | "seed"
>;

/** How tokens are reduced for a kind of segments: regions are connected, so the place need not count. */
export function reductionFor(options: ReductionOptions & Pick<TokenOptions, "segments">): ReductionOptions {
	return options.segments === "regions" ? { ...options, position: 0 } : options;
}

/** What a segmentation from tokens can need beside them. */
export interface SegmentationContext {
	readonly signal?: AbortState | undefined;
	/** The picture, at the size of the label map: for regions, and for smoothing by "guided". */
	readonly picture?: RgbImage | undefined;
	/**
	 * 1 where the picture has data: all other pixels belong to no segment. Shape (imageHeight, imageWidth).
	 *
	 * @default every pixel has
	 */
	readonly valid?: Uint8Array | undefined;
	/** Keeps what clusterings of the same tokens share. @default nothing is kept */
	readonly walk?: KeptWalk | undefined;
	/** Keeps what cuts of the same regions share. @default nothing is kept */
	readonly grown?: KeptRegions | undefined;
	/** Keeps superpixels of pictures. @default they are made each time */
	readonly cuts?: KeptCuts | undefined;
}

/**
 * Segment one picture from its tokens: PCA, then k-means, upsampling, smoothing and numbering, or superpixels and a cut of their tree.
 *
 * Convention: the same grid and options give the same bytes in every JavaScript engine.
 *
 * @throws DinosegError CLUSTERS_EXCEED_TOKENS, SHAPE_MISMATCH, ABORTED
 */
export async function segmentTokens(
	kernels: Kernels,
	grid: TokenGrid,
	options: TokenOptions,
	recorder: StageRecorder,
	context: SegmentationContext = {},
): Promise<Segmentation> {
	const reduced = await recorder.run("pca", () =>
		reduceTokens(cancellableKernels(kernels, context.signal), grid, reductionFor(options)),
	);
	return segmentReduced(kernels, grid, reduced, options, recorder, context);
}

/**
 * The part of `segmentTokens` after PCA, for further segmentations of the same tokens: `reduced` serves for every number
 * of clusters, seed and smoothing.
 *
 * @param grid    where the tokens lie; their values are not read.
 * @param reduced from `reduceTokens` on the same grid. Its warning is told again.
 * @throws DinosegError CLUSTERS_EXCEED_TOKENS, SHAPE_MISMATCH, ABORTED
 */
export async function segmentReduced(
	uncheckedKernels: Kernels,
	grid: Omit<TokenGrid, "data" | "norms">,
	reduced: ReducedTokens,
	options: Omit<TokenOptions, keyof ReductionOptions>,
	recorder: StageRecorder,
	context: SegmentationContext = {},
): Promise<Segmentation> {
	const kernels = cancellableKernels(uncheckedKernels, context.signal);
	const { points } = reduced;
	checkLength("segmentReduced", "reduced tokens (rows, cols, D)", points.data, grid.rows, grid.cols, points.cols);
	if (reduced.warning) {
		recorder.warn(reduced.warning);
	}

	if (options.segments === "regions") {
		const picture = requirePicture("segmentReduced", "regions", context.picture);
		return segmentRegions(kernels, grid, reduced, options, { ...context, picture }, recorder);
	}
	const range = clusterRange(options.clusters);
	const { valid } = context;
	const { clustered, choice } = await recorder.run("kmeans", () => {
		const clusterings = tokenClusterings(kernels, points, {
			...options,
			tokens: valid && validTokens(kernels, grid, valid),
			walk: context.walk,
			onProgress: (done, total) => recorder.progress("kmeans", done, total),
		});
		const choice = typeof options.clusters === "number" ? undefined : clusterings.choose(range);
		const clusters = choice?.clusters ?? range.min;
		return { clustered: { ...clusterings.at(clusters), tokens: clusterings.tokens }, choice };
	});
	const used = clustered.clusters;
	if (used < range.min) {
		recorder.warn({
			code: "FEWER_SEGMENTS",
			message: `${range.min} clusters were asked for, but the picture has too few distinct tokens: they make ${used} cluster${used === 1 ? "" : "s"}.`,
		});
	}
	const segmentation = await segmentClusters(kernels, grid, reduced, clustered, options, recorder, context);
	return choice ? { ...segmentation, choice } : segmentation;
}

/** The tokens in clusters, and how many of them took part in that. */
interface ClusteredTokens extends KMeansResult {
	readonly tokens: number;
}

/** The part of `segmentReduced` for clusters after k-means: upsampling, smoothing and numbering. */
export async function segmentClusters(
	kernels: Kernels,
	grid: Omit<TokenGrid, "data" | "norms">,
	{ points, model }: ReducedTokens,
	{ clusters, labels, centroids, inertia, tokens }: ClusteredTokens,
	options: Pick<TokenOptions, "smooth" | "minArea">,
	recorder: StageRecorder,
	context: Pick<SegmentationContext, "picture" | "valid">,
): Promise<ClusterSegmentation> {
	const ranks = numberByArea(labels, clusters);
	const ranked = permuteRows(centroids, invert(ranks, clusters), points.cols);

	const found = { scores: clusterScores(kernels, points, ranked), grid, clusters, temperature: inertia / tokens };
	return smoothClusters(kernels, found, options, recorder, context, (smoothed) => {
		const numbered = numberMap(smoothed.labels, { overwrite: true, check: kernels.check });
		// A cluster that won no pixel keeps an id after those that did.
		const newIds = invert(numbered.order, clusters);
		return {
			kind: "clusters",
			...smoothed,
			labels: numbered.labels,
			tokenLabels: labels.map((label) => newIds[ranks[label]]),
			centroids: permuteRows(ranked, invert(newIds, clusters), points.cols),
			clusters,
			inertia,
			...(model ? { pca: model } : {}),
		};
	});
}

/** What smoothing makes of the scores of clusters; ids are those of the scores. */
type SmoothedClusters = Pick<ClusterSegmentation, "labels" | "confidence" | "smoothWindow" | "minAreaPixels">;

/**
 * From the scores of clusters to their map: upsampling, smoothing, and small parts absorbed.
 *
 * @param finish what is made of it in the same stage.
 */
export async function smoothClusters<T>(
	kernels: Kernels,
	found: Pick<UpsampleOptions, "scores" | "clusters" | "temperature"> & {
		readonly grid: Omit<TokenGrid, "data" | "norms">;
	},
	options: Pick<TokenOptions, "smooth" | "minArea">,
	recorder: StageRecorder,
	{ picture, valid }: Pick<SegmentationContext, "picture" | "valid">,
	finish: (smoothed: SmoothedClusters) => T,
): Promise<T> {
	const { grid } = found;
	const { labels, confidence } = await recorder.run("upsample", () =>
		upsampleLabels(kernels, { ...found, width: grid.imageWidth, height: grid.imageHeight }),
	);
	return recorder.run("smooth", () => {
		const { method } = options.smooth;
		const smoothWindow = method === "none" ? 1 : (options.smooth.window ?? defaultSmoothWindow(grid, method));
		const smoothed = smoothLabels(kernels, labels, { method, window: smoothWindow, picture });
		const marked = valid ? markBackground(smoothed, valid, kernels.check) : smoothed;
		const minAreaPixels = minimumPixels(options.minArea, segmentPixels(marked, kernels.check));
		const absorbed = absorbSmallRegions(kernels, marked, minAreaPixels, { frozen: marked.background, overwrite: true });
		if (valid) {
			clearBackground(confidence, valid, kernels.check);
		}
		return finish({ labels: absorbed, confidence, smoothWindow, minAreaPixels });
	});
}

/** Rows of a (K, D) matrix in another order: row i of the result is row `order[i]`. */
function permuteRows(rows: Float64Array, order: ArrayLike<number>, dim: number): Float64Array {
	const permuted = new Float64Array(order.length * dim);
	for (let i = 0; i < order.length; i++) {
		permuted.set(rows.subarray(order[i] * dim, (order[i] + 1) * dim), i * dim);
	}
	return permuted;
}

/** The inverse of an injection into 0 … size - 1. Numbers that it does not reach get the free places, in order. */
function invert(order: ArrayLike<number>, size: number): Uint16Array {
	const inverse = new Uint16Array(size);
	const reached = new Uint8Array(size);
	for (let i = 0; i < order.length; i++) {
		inverse[order[i]] = i;
		reached[order[i]] = 1;
	}
	let free = order.length;
	for (let value = 0; value < size; value++) {
		if (!reached[value]) {
			inverse[value] = free++;
		}
	}
	return inverse;
}
