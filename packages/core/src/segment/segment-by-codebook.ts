import type { Kernels } from "@dinoseg/kernels";
import { cancellableKernels } from "../abort.ts";
import { type AppliedCodebook, applyCodebook, type CodebookClusters, UNLIKE_SHARE } from "../codebook/index.ts";
import { markBackground } from "../labels/background.ts";
import { allocateLabels } from "../labels/label-map.ts";
import { validTokens } from "../points/valid-tokens.ts";
import { requirePicture } from "../refine/index.ts";
import { cutIntoRegions, poolTokens, type Superpixels } from "../regions/index.ts";
import { gridGeometry, type TokenGrid } from "../tensor/index.ts";
import { reduceTokens } from "./reduce-tokens.ts";
import { paint, segmentRegions } from "./segment-regions.ts";
import { reductionFor, type SegmentationContext, smoothClusters, type TokenOptions } from "./segment-tokens.ts";
import type { Segmentation } from "./segmentation.ts";
import type { StageRecorder } from "./stage-recorder.ts";

/** A picture in the clusters of a codebook, and how far it is one of those that the codebook knows. */
export type CodebookSegmentation = Segmentation & Pick<AppliedCodebook, "unlike">;

/**
 * Segment a picture into the clusters of a codebook: each patch, or each region of the picture's own tree, takes the
 * nearest one.
 *
 * Convention: ids are those of the codebook, and not every one need have pixels; the background comes after the last.
 *
 * @param grid    tokens of the codebook's network, after repair and debias.
 * @param options of regions `clusters` is how many there are; of clusters it does not count.
 * @param beside  tokens of the frames before and after it, of the same shape. Default: it is no frame.
 * @throws DinosegError SHAPE_MISMATCH, ABORTED
 */
export async function segmentByCodebook(
	uncheckedKernels: Kernels,
	grid: TokenGrid,
	codebook: CodebookClusters,
	options: TokenOptions,
	recorder: StageRecorder,
	context: SegmentationContext = {},
	beside: readonly TokenGrid[] = [],
): Promise<CodebookSegmentation> {
	const kernels = cancellableKernels(uncheckedKernels, context.signal);
	const { valid } = context;
	const applied = await recorder.run("kmeans", () =>
		applyCodebook(kernels, codebook, grid, valid && validTokens(kernels, grid, valid), beside),
	);
	const { unlike } = applied;
	if (unlike > UNLIKE_SHARE) {
		recorder.warn({
			code: "UNLIKE_CODEBOOK",
			message: `${Math.round(100 * unlike)} % of the picture is unlike all that the codebook was fitted to. Add such pictures to it, or fit another one.`,
		});
	}
	const segmentation =
		options.segments === "regions"
			? await regionsByCodebook(kernels, grid, codebook, applied, options, recorder, context)
			: await clustersByCodebook(kernels, grid, codebook, applied, options, recorder, context);
	return { ...segmentation, unlike };
}

async function clustersByCodebook(
	kernels: Kernels,
	grid: TokenGrid,
	{ centroids, clusters, pca }: CodebookClusters,
	{ scores, labels: tokenLabels, inertia }: AppliedCodebook,
	options: TokenOptions,
	recorder: StageRecorder,
	context: SegmentationContext,
): Promise<Segmentation> {
	const found = { scores, grid, clusters, temperature: inertia / tokenLabels.length };
	return smoothClusters(kernels, found, options, recorder, context, (smoothed) => ({
		kind: "clusters",
		...smoothed,
		tokenLabels,
		centroids,
		clusters,
		inertia,
		...(pca ? { pca } : {}),
	}));
}

async function regionsByCodebook(
	kernels: Kernels,
	grid: TokenGrid,
	{ centroids, clusters, pca }: CodebookClusters,
	{ points }: AppliedCodebook,
	options: TokenOptions,
	recorder: StageRecorder,
	{ picture: given, valid }: SegmentationContext,
): Promise<Segmentation> {
	const picture = requirePicture("segmentByCodebook", "regions", given);
	const reduced = await recorder.run("pca", () => reduceTokens(kernels, grid, reductionFor(options)));
	const { pca: _, ...segmentation } = await segmentRegions(
		kernels,
		grid,
		reduced,
		options,
		{ picture, valid },
		recorder,
	);
	return recorder.run("upsample", () => {
		const { superpixels, tree, regions } = segmentation;
		const table = cutIntoRegions(tree, regions);
		const data = new Uint16Array(superpixels.data.length);
		paint(kernels, superpixels.data, table, data);
		const map: Superpixels = { ...superpixels, data, count: regions };
		const means = Float32Array.from(poolTokens(kernels, map, points, gridGeometry(grid, map.width, map.height)));
		const nearest = kernels.assignClusters(means, regions, points.cols, centroids, clusters).labels;
		const labels = allocateLabels(data.length, clusters);
		paint(kernels, data, nearest, labels);
		const { width, height } = superpixels;
		const named = { data: labels, width, height, count: clusters };
		return {
			...segmentation,
			labels: valid ? markBackground(named, valid, kernels.check) : named,
			...(pca ? { pca } : {}),
		};
	});
}
