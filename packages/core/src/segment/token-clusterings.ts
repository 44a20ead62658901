import type { Kernels } from "@dinoseg/kernels";
import { type ClusterChoice, chooseClusters, type KMeansOptions, type KMeansResult, kMeans } from "../cluster/index.ts";
import { DinosegError, optionName } from "../errors/index.ts";
import type { ClusterRange, SegmentationOptions } from "../options/index.ts";
import { createRandom } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";

/** Clusterings beside the own ones that stability compares. */
const OTHER_SEEDS = 2;

/** The tokens of one picture in every number of clusters of a range. */
export interface TokenClusterings {
	/** What was asked for, as far as the picture has so many distinct tokens. */
	readonly range: ClusterRange;
	/**
	 * The tokens in so many clusters, or in as many as there are distinct tokens: the same as when only this number is asked
	 * for. Made at the first call.
	 */
	at(clusters: number): KMeansResult;
}

interface TokenClusteringsOptions
	extends Pick<SegmentationOptions, "restarts" | "seed">,
		Pick<KMeansOptions, "onProgress"> {
	readonly range: ClusterRange;
}

/**
 * Cluster the tokens of a picture into every number of clusters of a range.
 *
 * @param points shape (rows * cols, components).
 * @throws DinosegError CLUSTERS_EXCEED_TOKENS if `range.min` > the tokens, SHAPE_MISMATCH
 */
export function tokenClusterings(
	kernels: Kernels,
	points: Matrix,
	{ range, restarts, seed, onProgress }: TokenClusteringsOptions,
): TokenClusterings {
	if (range.min > points.rows) {
		throw new DinosegError(
			"CLUSTERS_EXCEED_TOKENS",
			`tokenClusterings: ${range.min} clusters were asked for, but the image has ${points.rows} tokens. ` +
				`Ask for fewer, or raise ${optionName("inputSize")} to get more tokens.`,
			{ details: { clusters: range.min, tokens: points.rows } },
		);
	}
	const made = new Map<number, KMeansResult>();
	const at = (clusters: number): KMeansResult => {
		const result =
			made.get(clusters) ?? kMeans(kernels, points, { clusters, restarts, random: createRandom(seed), onProgress });
		made.set(clusters, result);
		return result;
	};
	const most = at(Math.min(range.max, points.rows)).clusters;
	return { range: { min: Math.min(range.min, most), max: most }, at };
}

/**
 * Choose among the clusterings of a picture's tokens.
 *
 * @param clusterings from `tokenClusterings` with the same arguments.
 */
export function chooseTokenClusters(
	kernels: Kernels,
	points: Matrix,
	{ range, at }: TokenClusterings,
	{ criterion, ...options }: TokenClusteringsOptions & Pick<SegmentationOptions, "criterion">,
): ClusterChoice {
	const candidates = (of: TokenClusterings["at"]) => ({
		range,
		labels: (clusters: number) => of(clusters).labels,
		inertia: (clusters: number) => of(clusters).inertia,
	});
	return chooseClusters(kernels, criterion, {
		...candidates(at),
		points,
		reseeded: () =>
			otherSeeds(options.seed).map((seed) =>
				candidates(tokenClusterings(kernels, points, { ...options, seed, range }).at),
			),
	});
}

function otherSeeds(seed: number): number[] {
	const random = createRandom(seed);
	return Array.from({ length: OTHER_SEEDS }, () => Math.floor(random.next() * 2 ** 32));
}
