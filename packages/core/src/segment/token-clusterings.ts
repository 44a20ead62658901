import type { Kernels } from "@dinoseg/kernels";
import { type ClusterChoice, chooseClusters } from "../cluster/index.ts";
import { DinosegError, optionName } from "../errors/index.ts";
import type { ClusterRange, LeavesOption, SegmentationOptions } from "../options/index.ts";
import { createRandom } from "../rng.ts";
import type { Matrix, TokenGrid } from "../tensor/index.ts";
import {
	type ClusterTokensOptions,
	clusterTokens,
	cutTokenClusters,
	type TokenClusters,
	type TokenSegments,
} from "./cluster-tokens.ts";

/** Trees beside the own one that stability compares. */
const OTHER_SEEDS = 2;

/** The tokens of a picture in so many segments, and the clusters that these are made of. */
export interface ClusteredTokens {
	readonly tokens: TokenClusters;
	readonly segments: TokenSegments;
}

/** The tokens of one picture in every number of segments of a range. */
export interface TokenClusterings {
	/** What was asked for, as far as the picture has so many distinct tokens. */
	readonly range: ClusterRange;
	/**
	 * The tokens in so many segments, 1 to as many as were asked for, or in as many as there are distinct tokens. The same
	 * as when only this number is asked for, unless the range goes beyond `leaves`. Made at the first call.
	
	 */
	at(clusters: number): ClusteredTokens;
}

interface TokenClusteringsOptions
	extends Pick<SegmentationOptions, "restarts" | "seed">,
		Pick<ClusterTokensOptions, "onProgress"> {
	readonly range: ClusterRange;
	/** "off": k-means is run for each number of clusters. A number: one tree is cut for all of them. */
	readonly leaves: LeavesOption;
}

/**
 * Cluster the tokens of a picture into every number of segments of a range.
 *
 * @param points shape (rows * cols, components).
 * @throws DinosegError CLUSTERS_EXCEED_TOKENS if `range.min` > the tokens, SHAPE_MISMATCH
 */
export function tokenClusterings(
	kernels: Kernels,
	points: Matrix,
	grid: Pick<TokenGrid, "rows" | "cols">,
	{ range, leaves, ...options }: TokenClusteringsOptions,
): TokenClusterings {
	if (range.min > points.rows) {
		throw new DinosegError(
			"CLUSTERS_EXCEED_TOKENS",
			`tokenClusterings: ${range.min} clusters were asked for, but the image has ${points.rows} tokens. ` +
				`Ask for fewer, or raise ${optionName("inputSize")} to get more tokens.`,
			{ details: { clusters: range.min, tokens: points.rows } },
		);
	}
	const made = new Map<number, TokenClusters>();
	const make = (clusters: number): TokenClusters => {
		const tokens = made.get(clusters) ?? clusterTokens(kernels, points, grid, { ...options, leaves: clusters });
		made.set(clusters, tokens);
		return tokens;
	};
	const most = Math.min(range.max, points.rows);
	const finest = make(leaves === "off" ? most : Math.max(most, Math.min(leaves, points.rows)));
	const possible = Math.min(most, finest.leaves.clusters);
	return {
		range: { min: Math.min(range.min, possible), max: possible },
		at(clusters) {
			const tokens = leaves === "off" ? make(clusters) : finest;
			return { tokens, segments: cutTokenClusters(tokens, Math.min(clusters, tokens.leaves.clusters)) };
		},
	};
}

/**
 * Choose among the clusterings of a picture's tokens.
 *
 * @param clusterings from `tokenClusterings` with the same arguments.
 */
export function chooseTokenClusters(
	kernels: Kernels,
	points: Matrix,
	grid: Pick<TokenGrid, "rows" | "cols">,
	clusterings: TokenClusterings,
	{ criterion, ...options }: TokenClusteringsOptions & Pick<SegmentationOptions, "criterion">,
): ClusterChoice {
	const candidates = ({ range, at }: TokenClusterings) => ({
		range,
		labels: (clusters: number) => at(clusters).segments.labels,
		inertia: (clusters: number) => at(clusters).segments.inertia,
	});
	return chooseClusters(kernels, criterion, {
		...candidates(clusterings),
		points,
		reseeded: () =>
			otherSeeds(options.seed).map((seed) =>
				candidates(tokenClusterings(kernels, points, grid, { ...options, seed, range: clusterings.range })),
			),
	});
}

function otherSeeds(seed: number): number[] {
	const random = createRandom(seed);
	return Array.from({ length: OTHER_SEEDS }, () => Math.floor(random.next() * 2 ** 32));
}
