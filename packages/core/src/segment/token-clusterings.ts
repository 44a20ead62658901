import type { Kernels } from "@dinoseg/kernels";
import { type ClusterChoice, chooseClusters, type KMeansResult, kMeans, mergingKMeans } from "../cluster/index.ts";
import { DinosegError, optionName } from "../errors/index.ts";
import { AUTO_CLUSTERS, type ClusterRange, type SegmentationOptions } from "../options/index.ts";
import { createRandom } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";

/** Clusters that merging begins with. As many, or more, are plain k-means. */
const MERGED_FROM = AUTO_CLUSTERS.max;

/** The tokens of one picture in any number of clusters. Each clustering is made when it is first asked for. */
export interface TokenClusterings {
	/**
	 * The tokens in so many clusters, or in as many as there are distinct tokens.
	 *
	 * @throws DinosegError CLUSTERS_EXCEED_TOKENS
	 */
	at(clusters: number): KMeansResult;
	/**
	 * Choose a number from a range; what is more than the distinct tokens is left out.
	 *
	 * @throws DinosegError CLUSTERS_EXCEED_TOKENS if `range.min` > the tokens
	 */
	choose(range: ClusterRange): ClusterChoice;
}

interface TokenClusteringsOptions extends Pick<SegmentationOptions, "init" | "restarts" | "seed"> {
	/** Told after each start of k-means how many of all are done. @default none */
	readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Cluster the tokens of a picture.
 *
 * @param points shape (rows * cols, D).
 */
export function tokenClusterings(
	kernels: Kernels,
	points: Matrix,
	{ init, restarts, seed, onProgress }: TokenClusteringsOptions,
): TokenClusterings {
	const optionsFor = (clusters: number) => {
		return { clusters: Math.min(clusters, points.rows), restarts, random: createRandom(seed), onProgress };
	};
	const merged = remembered(() => mergingKMeans(kernels, points, optionsFor(MERGED_FROM)));
	return {
		at(clusters) {
			checkTokens(points, clusters);
			if (init === "k-means++" || clusters >= MERGED_FROM) {
				return kMeans(kernels, points, optionsFor(clusters));
			}
			let last: KMeansResult | undefined;
			for (const { clustering } of merged) {
				last = clustering;
				if (clustering.clusters <= clusters) {
					break;
				}
			}
			return last as KMeansResult;
		},
		choose(range) {
			checkTokens(points, range.min);
			// Not remembered: what many clusters were made of takes memory, and only the walk from 12 is used again.
			const steps = range.max > MERGED_FROM ? mergingKMeans(kernels, points, optionsFor(range.max)) : merged;
			return chooseClusters(steps, range);
		},
	};
}

/** What a generator gives, for several readers: each value is made once, when the first of them comes to it. */
function remembered<T>(start: () => Iterator<T>): Iterable<T> {
	const known: T[] = [];
	let source: Iterator<T> | undefined;
	return {
		*[Symbol.iterator]() {
			for (let at = 0; ; at++) {
				if (at === known.length) {
					source ??= start();
					const next = source.next();
					if (next.done) {
						return;
					}
					known.push(next.value);
				}
				yield known[at];
			}
		},
	};
}

function checkTokens({ rows }: Matrix, clusters: number): void {
	if (clusters > rows) {
		throw new DinosegError(
			"CLUSTERS_EXCEED_TOKENS",
			`tokenClusterings: ${clusters} clusters were asked for, but the image has ${rows} tokens. ` +
				`Ask for fewer, or raise ${optionName("inputSize")} to get more tokens.`,
			{ details: { clusters, tokens: rows } },
		);
	}
}
