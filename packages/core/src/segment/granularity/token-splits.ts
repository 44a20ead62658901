import type { Kernels } from "@dinoseg/kernels";
import { gatherRows } from "../../cluster/gather-rows.ts";
import { kMeans } from "../../cluster/index.ts";
import { leavesBelow } from "../../cluster/merge-tree.ts";
import type { SegmentationOptions } from "../../options/index.ts";
import { createRandom } from "../../rng.ts";
import type { Matrix } from "../../tensor/index.ts";
import type { TokenClusters } from "../cluster-tokens.ts";

/** Some tokens of a picture, and the clusters that they form. */
interface TokenPart {
	/** Indices, rising. */
	readonly tokens: Uint32Array;
	/** Means of the clusters. Shape (1 or more, components). */
	readonly centroids: Float64Array;
}

/** A part that becomes two: the one with more tokens first; equals stand as the tree or the tokens have them. */
export type TokenSplit = readonly [TokenPart, TokenPart];

interface TokenSplitsOptions extends Pick<SegmentationOptions, "restarts" | "seed"> {
	/** The cut of the tree at which the splits begin. */
	readonly from: number;
	/** Parts that are left at the end, above `from`. */
	readonly to: number;
}

/** A split that may come next, with what it takes from the sum of squared distances. */
interface Candidate {
	readonly split: TokenSplit;
	readonly gain: number;
}

/**
 * How the segments of a cut are split further, one split after the other.
 *
 * The merges of the tree are undone, the last one first, down to its leaves. From there on the part is split whose
 * 2-means take most from the sum of squared distances; among equals, the one made first.
 *
 * Convention: the list up to one number of parts is the beginning of the list up to a larger one.
 * Source: the second half is bisecting k-means, Steinbach, Karypis and Kumar 2000, with the gain as order.
 *
 * @param points shape (rows * cols, components).
 * @returns to - from splits, or fewer if there are fewer distinct tokens.
 */
export function tokenSplits(
	kernels: Kernels,
	points: Matrix,
	clusters: TokenClusters,
	{ from, to, ...options }: TokenSplitsOptions,
): TokenSplit[] {
	const { leaves, tree } = clusters;
	const splits: TokenSplit[] = [];
	for (let count = from; count < Math.min(to, tree.leaves); count++) {
		const { kept, joined } = tree.merges[tree.leaves - count - 1];
		splits.push([partOf(clusters, kept), partOf(clusters, joined)]);
	}
	if (to <= tree.leaves) {
		return splits;
	}
	const bisected = (part: TokenPart) => bisect(kernels, points, part, options);
	const candidates = Array.from({ length: leaves.clusters }, (_, leaf) => bisected(partOf(clusters, leaf)));
	for (let count = tree.leaves; count < to; count++) {
		const best = candidates.reduce((best, { gain }, at) => (gain > candidates[best].gain ? at : best), 0);
		const { split, gain } = candidates[best];
		if (gain === 0) {
			break;
		}
		splits.push(split);
		candidates.splice(best, 1);
		// The parts of the last split that was asked for are not split again.
		if (count + 1 < to) {
			candidates.push(...split.map(bisected));
		}
	}
	return splits;
}

/** What a node of the tree holds. */
function partOf({ leaves, tree }: TokenClusters, node: number): TokenPart {
	const members = leavesBelow(tree, node);
	const isMember = new Uint8Array(tree.leaves);
	const cols = leaves.centroids.length / tree.leaves;
	const centroids = new Float64Array(members.length * cols);
	for (const [at, leaf] of members.entries()) {
		isMember[leaf] = 1;
		centroids.set(leaves.centroids.subarray(leaf * cols, (leaf + 1) * cols), at * cols);
	}
	return {
		tokens: Uint32Array.from(leaves.labels.keys()).filter((token) => isMember[leaves.labels[token]]),
		centroids,
	};
}

/** The 2-means of a part. A part of equal tokens gains nothing. */
function bisect(
	kernels: Kernels,
	points: Matrix,
	part: TokenPart,
	{ restarts, seed }: Omit<TokenSplitsOptions, "from" | "to">,
): Candidate {
	const { tokens } = part;
	const { cols } = points;
	const whole = { split: [part, part], gain: 0 } as const;
	if (tokens.length < 2) {
		return whole;
	}
	const own = { data: gatherRows(points, tokens, tokens.length, kernels.check), rows: tokens.length, cols };
	// A generator of its own, so that the split of a part depends on nothing but the part.
	const found = kMeans(kernels, own, { clusters: 2, restarts, random: createRandom(seed) });
	if (found.clusters < 2) {
		return whole;
	}
	const [a, b] = [0, 1].map((cluster) => ({
		tokens: tokens.filter((_, at) => found.labels[at] === cluster),
		centroids: found.centroids.slice(cluster * cols, (cluster + 1) * cols),
	}));
	let distance = 0;
	for (let d = 0; d < cols; d++) {
		const difference = a.centroids[d] - b.centroids[d];
		distance += difference * difference;
	}
	const gain = ((a.tokens.length * b.tokens.length) / tokens.length) * distance;
	const isSecondFirst = b.tokens.length - a.tokens.length || a.tokens[0] - b.tokens[0];
	return { split: isSecondFirst > 0 ? [b, a] : [a, b], gain };
}
