import type { Kernels } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import { gatherRows } from "../cluster/index.ts";
import type { RgbImage } from "../image/index.ts";
import { addMoments, emptyMoments, type Moments, momentsOf } from "../linalg/index.ts";
import { validTokens } from "../points/valid-tokens.ts";
import type { TokenGrid } from "../tensor/index.ts";
import { type PointOptions, picturePoints } from "./picture-points.ts";
import { regionCoreset } from "./region-coreset.ts";
import { createSampleSum } from "./sample-sum.ts";
import { SAMPLE_POINTS, sampleOf, type WeightedSample } from "./weighted-sample.ts";

/**
 * What a codebook needs to know of pictures. Its size does not grow with their number. Plain data, to be kept, sent to
 * another thread or machine, and added to others.
 */
export interface FitSummary {
	/** Number of pictures. */
	readonly images: number;
	/** Of all points of the pictures. */
	readonly moments: Moments;
	/** Of points that stand for all. */
	readonly sample: WeightedSample;
}

/** A picture, and what the network says of it. */
export interface SummarisedPicture {
	/** Tokens after repair and debias. */
	readonly grid: TokenGrid;
	/** After the median blur. */
	readonly picture: RgbImage;
	/** 1 where the picture has data: nothing else counts. Shape (imageHeight, imageWidth). @default every pixel has */
	readonly valid?: Uint8Array | undefined;
}

/**
 * Summarise one picture.
 *
 * @param given not modified.
 * @param key   what chance is drawn from: the sha256 of the picture's file, with the page where there are several. The
 *   same key and picture give the same bytes.
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH, MOMENTS_OUT_OF_RANGE
 */
export function summarisePicture(
	kernels: Kernels,
	{ grid, picture, valid }: SummarisedPicture,
	options: PointOptions,
	key: string,
): FitSummary {
	const points = picturePoints(kernels, grid, options);
	const tokens = valid && validTokens(kernels, grid, valid);
	const counted = tokens
		? { data: gatherRows(points, tokens, tokens.length, kernels.check), rows: tokens.length, cols: points.cols }
		: points;
	const coreset = regionCoreset(kernels, points, grid, { picture, valid, total: counted.rows });
	return {
		images: 1,
		moments: momentsOf(kernels, counted),
		sample: sampleOf(coreset.points, coreset.weights, key),
	};
}

/** Makes one summary of many, in memory for one or two. */
export interface SummarySum {
	/** @throws DinosegError SHAPE_MISMATCH for tokens of another length, MOMENTS_OUT_OF_RANGE */
	add(summary: FitSummary): void;
	/** The summary of all pictures that were added. The order and the portions in which they came make no difference. */
	summary(): FitSummary;
}

/** A sum of summaries that begins empty. @param dim length of the tokens. */
export function createSummarySum(dim: number, capacity: number = SAMPLE_POINTS): SummarySum {
	let images = 0;
	let moments = emptyMoments(dim);
	const samples = createSampleSum(dim, capacity);
	return {
		add(summary) {
			moments = addMoments(moments, summary.moments, noCheck);
			samples.add(summary.sample);
			images += summary.images;
		},
		summary: () => ({ images, moments, sample: samples.sample() }),
	};
}

/**
 * The summary of the pictures of `a` and those of `b` together. Adding is commutative and associative to the last bit;
 * for many summaries `createSummarySum` is faster.
 *
 * @throws DinosegError SHAPE_MISMATCH for tokens of another length, MOMENTS_OUT_OF_RANGE
 */
export function addSummaries(a: FitSummary, b: FitSummary): FitSummary {
	const sum = createSummarySum(a.moments.dim, a.sample.capacity);
	sum.add(a);
	sum.add(b);
	return sum.summary();
}
