import type { Kernels } from "@dinoseg/kernels";
import { DinosegError, optionName } from "../errors/index.ts";
import { AUTO_CLUSTERS, type ClusterRange, type SegmentationOptions } from "../options/index.ts";
import { createRandom } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";
import { type ClusterChoice, chooseClusters } from "./choose-clusters.ts";
import { gatherRows } from "./gather-rows.ts";
import { type KMeansResult, kMeans } from "./k-means.ts";
import { type MergingStep, mergingKMeans } from "./merging-k-means.ts";
import type { Weights } from "./weights.ts";

/** Clusters that merging begins with. As many, or more, are plain k-means. */
const MERGED_FROM = AUTO_CLUSTERS.max;

/** Tokens in any number of clusters. Each clustering is made when it is first asked for. */
export interface TokenClusterings {
	/** How many tokens take part. */
	readonly tokens: number;
	/**
	 * The tokens in so many clusters, or in as many as there are distinct tokens. Those that take no part have the cluster
	 * that is nearest to them.
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

/** Keeps a walk of merging, for calls with the same points, restarts and seed. Nobody may write to its steps. */
export interface KeptWalk {
	/** As far as it was made. */
	get(): readonly MergingStep[] | undefined;
	set(steps: readonly MergingStep[]): void;
}

interface TokenClusteringsOptions extends Pick<SegmentationOptions, "init" | "restarts" | "seed"> {
	/** Told after each start of k-means how many of all are done. @default none */
	readonly onProgress?: ((done: number, total: number) => void) | undefined;
	/** Rows of the tokens that take part, rising. @default all */
	readonly tokens?: Uint32Array | undefined;
	/** How much each token that takes part counts, above 0. Shape (tokens,). @default 1 each */
	readonly weights?: Weights | undefined;
	/** Where merging goes on, and keeps how far it came. @default it begins anew */
	readonly walk?: KeptWalk | undefined;
}

/**
 * Cluster tokens, those of a picture or a sample of those of many.
 *
 * @param allPoints shape (rows * cols, D).
 */
export function tokenClusterings(
	kernels: Kernels,
	allPoints: Matrix,
	{ init, restarts, seed, onProgress, tokens, weights, walk }: TokenClusteringsOptions,
): TokenClusterings {
	const points = tokens === undefined ? allPoints : somePoints(kernels, allPoints, tokens);
	const optionsFor = (clusters: number) => {
		return { clusters: Math.min(clusters, points.rows), restarts, random: createRandom(seed), onProgress, weights };
	};
	const merged = remembered(walk, (last) => mergingKMeans(kernels, points, optionsFor(MERGED_FROM), last?.clustering));
	const clusterPoints = (clusters: number): KMeansResult => {
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
	};
	return {
		tokens: points.rows,
		at(clusters) {
			checkTokens(points, clusters);
			const clustered = clusterPoints(clusters);
			return tokens === undefined ? clustered : labelOthers(kernels, allPoints, tokens, clustered);
		},
		choose(range) {
			checkTokens(points, range.min);
			// Not remembered: what many clusters were made of takes memory, and only the walk from 12 is used again.
			const steps = range.max > MERGED_FROM ? mergingKMeans(kernels, points, optionsFor(range.max)) : merged;
			return chooseClusters(steps, range);
		},
	};
}

function somePoints({ check }: Kernels, points: Matrix, tokens: Uint32Array): Matrix {
	const { cols } = points;
	return { data: gatherRows(points, tokens, tokens.length, check), rows: tokens.length, cols };
}

function labelOthers(
	kernels: Kernels,
	{ data, rows, cols }: Matrix,
	tokens: Uint32Array,
	clustered: KMeansResult,
): KMeansResult {
	const { labels } = kernels.assignClusters(data, rows, cols, clustered.centroids, clustered.clusters);
	for (let i = 0; i < tokens.length; i++) {
		labels[tokens[i]] = clustered.labels[i];
	}
	return { ...clustered, labels };
}

/**
 * A walk for several readers: each step is made once, when the first of them comes to it.
 *
 * @param start gives the steps that follow a known one, or all.
 */
function remembered(
	walk: KeptWalk | undefined,
	start: (last: MergingStep | undefined) => Iterator<MergingStep>,
): Iterable<MergingStep> {
	const known = [...(walk?.get() ?? [])];
	let source: Iterator<MergingStep> | undefined;
	return {
		*[Symbol.iterator]() {
			for (let at = 0; ; at++) {
				if (at === known.length) {
					source ??= start(known.at(-1));
					const next = source.next();
					if (next.done) {
						return;
					}
					known.push(next.value);
					walk?.set([...known]);
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
