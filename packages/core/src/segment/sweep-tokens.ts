import type { Kernels } from "@dinoseg/kernels";
import { cancellableKernels } from "../abort.ts";
import type { ClusterChoice } from "../cluster/index.ts";
import { tokenClusterings } from "../cluster/token-clusterings.ts";
import type { LabelMap } from "../labels/label-map.ts";
import type { ClusterRange, SegmentationOptions } from "../options/index.ts";
import { validTokens } from "../points/valid-tokens.ts";
import type { TokenGrid } from "../tensor/index.ts";
import type { ReducedTokens, ReductionOptions } from "./reduce-tokens.ts";
import { chooseRegions, paintRegions } from "./segment-regions.ts";
import { type SegmentationContext, segmentClusters, type TokenOptions } from "./segment-tokens.ts";
import type { RegionSegmentation } from "./segmentation.ts";
import type { StageRecorder } from "./stage-recorder.ts";

/** The segmentation of a picture into some number of clusters or regions. */
export interface SweepMap {
	readonly clusters: number;
	/** As `Segmentation.labels`. */
	readonly labels: LabelMap;
}

/** One picture in every number of clusters or regions of a range. */
export interface Sweep {
	/** The number that is chosen from the range, and the curve. */
	readonly choice: ClusterChoice;
	/**
	 * The maps, one for each point of the curve, in its order. Each is made when it is asked for, so that the maps of a
	 * large picture need not be held together.
	 *
	 * @throws DinosegError ABORTED
	 */
	maps(): AsyncGenerator<SweepMap>;
}

/**
 * Segment one picture into every number of clusters of a range, from its tokens after PCA.
 *
 * @param options `clusters` does not count.
 * @throws DinosegError CLUSTERS_EXCEED_TOKENS if `range.min` > the tokens, SHAPE_MISMATCH, ABORTED
 */
export async function sweepReduced(
	uncheckedKernels: Kernels,
	grid: Omit<TokenGrid, "data" | "norms">,
	reduced: ReducedTokens,
	range: ClusterRange,
	options: Omit<TokenOptions, keyof ReductionOptions | "clusters">,
	recorder: StageRecorder,
	context: SegmentationContext = {},
): Promise<Sweep> {
	const kernels = cancellableKernels(uncheckedKernels, context.signal);
	const { valid, walk } = context;
	const tokens = valid && validTokens(kernels, grid, valid);
	const clusterings = tokenClusterings(kernels, reduced.points, { ...options, tokens, walk });
	const choice = await recorder.run("kmeans", () => clusterings.choose(range));
	return {
		choice,
		async *maps() {
			for (const { clusters } of choice.curve) {
				const clustered = await recorder.run("kmeans", () => {
					return { ...clusterings.at(clusters), tokens: clusterings.tokens };
				});
				const { labels } = await segmentClusters(kernels, grid, reduced, clustered, options, recorder, context);
				yield { clusters, labels };
			}
		},
	};
}

/** The cuts of one picture's tree into every number of regions of a range. */
export function sweepRegions(
	kernels: Kernels,
	{ tree, superpixels }: Pick<RegionSegmentation, "tree" | "superpixels">,
	range: ClusterRange,
	{ detail }: Pick<SegmentationOptions, "detail">,
	recorder: StageRecorder,
	{ valid }: Pick<SegmentationContext, "valid"> = {},
): Sweep {
	const choice = chooseRegions(tree, range, detail);
	return {
		choice,
		async *maps() {
			for (const { clusters } of choice.curve) {
				const labels = await recorder.run("regions", () => paintRegions(kernels, superpixels, tree, clusters, valid));
				yield { clusters, labels };
			}
		},
	};
}
