import type { Kernels } from "@dinoseg/kernels";
import { checkInteger, DinosegError } from "../errors/index.ts";
import { CLUSTERS } from "../options/index.ts";
import type { Random } from "../rng.ts";
import { checkMatrix, type Matrix } from "../tensor/index.ts";
import { kMeans } from "./k-means.ts";
import { unitWeights } from "./weights.ts";

/** Points that the first centroids are found from, at least; and at least so many a cluster. */
const SAMPLE_POINTS = 4096;
const SAMPLE_POINTS_PER_CLUSTER = 16;
const SAMPLE_RESTARTS = 3;
/** A centroid that has won fewer points than this share of what the busiest has won starts anew, as in scikit-learn. */
const STARVED = 0.01;

/** Points that are read batch by batch, as often as it takes, so that they need not be in memory together. */
export interface PointSource {
	/** Number of batches, 1 or more. */
	readonly batches: number;
	/** Batch 0 … batches - 1, the same points each time. Shape (n, D), n >= 1, D the same in all. */
	batch(index: number): Matrix | Promise<Matrix>;
}

export interface MiniBatchKMeansOptions {
	/** Number of clusters wanted, 1 to 1024. */
	readonly clusters: number;
	readonly random: Random;
	/** Most passes over the batches, 1 to 1000; two more read a sample and the sizes. @default 10 */
	readonly passes?: number;
	/** The end comes when a pass lowers the inertia by no more than this share of it, 0 or more. @default 1e-3 */
	readonly tolerance?: number;
	/** An `AbortSignal`, looked at between batches. @default none */
}

export interface MiniBatchKMeansResult {
	/** Shape (clusters, D). */
	readonly centroids: Float64Array;
	/** Number of clusters; each has at least one point. */
	readonly clusters: number;
	/** Points of each cluster. Shape (clusters,). */
	readonly sizes: Float64Array;
	/** Sum of the squared distances of all points to their nearest centroid, squared units of the points. */
	readonly inertia: number;
	/** Passes in which the centroids moved. */
	readonly passes: number;
}

/** Centroids and how many points each has won so far. */
interface Running {
	readonly centroids: Float64Array;
	readonly won: Float64Array;
}

/**
 * k-means for more points than memory holds: centroids from a sample of all batches, then batch by batch each centroid
 * moves to the running mean of the points that it won. A centroid that starves is put on a drawn point.
 *
 * Convention: batches are visited in an order drawn anew for each pass; the same source and seed give the same result.
 *
 * Source: Sculley 2010, "Web-scale k-means clustering", doi:10.1145/1772690.1772862; starved centroids as in
 * scikit-learn `MiniBatchKMeans(reassignment_ratio=0.01)`.
 *
 * @returns close to what `kMeans` finds, not an optimum.
 * @throws DinosegError CLUSTERS_EXCEED_TOKENS if clusters > the points, OPTION_INVALID, SHAPE_MISMATCH.
 */
export async function miniBatchKMeans(
	kernels: Kernels,
	source: PointSource,
	options: MiniBatchKMeansOptions,
): Promise<MiniBatchKMeansResult> {
	const { clusters, random, passes = 10, tolerance = 1e-3 } = options;
	checkInteger("miniBatchKMeans", "clusters", clusters, CLUSTERS);
	checkInteger("miniBatchKMeans", "passes", passes, { min: 1, max: 1000 });
	checkInteger("miniBatchKMeans", "batches", source.batches, { min: 1, max: 2 ** 31 - 1 });
	if (!(tolerance >= 0)) {
		throw new DinosegError("OPTION_INVALID", `miniBatchKMeans: tolerance must be 0 or more, got ${tolerance}.`, {
			details: { option: "tolerance", value: tolerance },
		});
	}
	const sample = await samplePoints(kernels, source, clusters, random);
	const first = kMeans(kernels, sample, { clusters, restarts: SAMPLE_RESTARTS, random });
	const running: Running = { centroids: first.centroids.slice(), won: countLabels(first.labels, first.clusters) };
	let before = Number.POSITIVE_INFINITY;
	let used = 0;
	let settled = false;
	while (!settled && used < passes) {
		used++;
		let inertia = 0;
		let replaced = false;
		for (const [turn, index] of shuffled(source.batches, random).entries()) {
			const batch = await readBatch(kernels, source, index, sample.cols);
			// Only after a whole pass: one batch need not hold points of every cluster.
			if (turn === 0 && used > 1) {
				replaced = replaceStarved(batch, running, random);
			}
			inertia += moveCentroids(kernels, batch, running);
		}
		settled = !replaced && inertia >= before * (1 - tolerance);
		before = inertia;
	}
	return { ...(await measure(kernels, source, running.centroids, sample.cols)), passes: used };
}

/** Points drawn from every batch, in proportion to its size. */
async function samplePoints(kernels: Kernels, source: PointSource, clusters: number, random: Random): Promise<Matrix> {
	const capacity = Math.max(SAMPLE_POINTS, SAMPLE_POINTS_PER_CLUSTER * clusters);
	let data = new Float32Array(0);
	let cols = 0;
	let seen = 0;
	for (let index = 0; index < source.batches; index++) {
		const batch = await readBatch(kernels, source, index, index === 0 ? undefined : cols);
		if (index === 0) {
			cols = batch.cols;
			data = new Float32Array(capacity * cols);
		}
		for (let row = 0; row < batch.rows; row++) {
			// Reservoir sampling: each point seen so far is kept with the same probability.
			const place = seen < capacity ? seen : Math.floor(random.next() * (seen + 1));
			if (place < capacity) {
				data.set(batch.data.subarray(row * cols, (row + 1) * cols), place * cols);
			}
			seen++;
		}
	}
	const rows = Math.min(seen, capacity);
	return { data: data.subarray(0, rows * cols), rows, cols };
}

async function readBatch(
	kernels: Kernels,
	source: PointSource,
	index: number,
	cols: number | undefined,
): Promise<Matrix> {
	kernels.check();
	const batch = await source.batch(index);
	checkMatrix("miniBatchKMeans", `batch ${index}`, batch);
	if (batch.rows < 1 || batch.cols !== (cols ?? batch.cols)) {
		throw new DinosegError(
			"SHAPE_MISMATCH",
			`miniBatchKMeans: batch ${index} (n, D) must have points of ${cols ?? "some"} values, got ${batch.rows} x ${batch.cols}.`,
			{ details: { batch: index, rows: batch.rows, cols: batch.cols } },
		);
	}
	return batch;
}

/** Move each centroid towards the points that it wins; returns their inertia before that. */
function moveCentroids(kernels: Kernels, batch: Matrix, { centroids, won }: Running): number {
	const { data, rows, cols } = batch;
	const { labels, distances } = kernels.assignClusters(data, rows, cols, centroids, won.length);
	const sums = kernels.clusterSums(data, rows, cols, labels, unitWeights(rows), won.length);
	const sizes = countLabels(labels, won.length);
	for (let k = 0; k < won.length; k++) {
		won[k] += sizes[k];
		for (let d = k * cols; sizes[k] > 0 && d < (k + 1) * cols; d++) {
			centroids[d] += (sums[d] - sizes[k] * centroids[d]) / won[k];
		}
	}
	return distances.reduce((sum, distance) => sum + distance, 0);
}

function countLabels(labels: Uint16Array, clusters: number): Float64Array {
	const counts = new Float64Array(clusters);
	for (let i = 0; i < labels.length; i++) {
		counts[labels[i]]++;
	}
	return counts;
}

/**
 * Put starved centroids on points of the batch, with as many points won as the least busy of the others.
 *
 * @returns whether there were any.
 */
function replaceStarved(batch: Matrix, { centroids, won }: Running, random: Random): boolean {
	const limit = STARVED * won.reduce((most, count) => Math.max(most, count), 0);
	const least = won.reduce(
		(fewest, count) => (count >= limit ? Math.min(fewest, count) : fewest),
		Number.POSITIVE_INFINITY,
	);
	let replaced = false;
	for (let k = 0; k < won.length; k++) {
		if (won[k] < limit) {
			const row = Math.floor(random.next() * batch.rows);
			centroids.set(batch.data.subarray(row * batch.cols, (row + 1) * batch.cols), k * batch.cols);
			won[k] = least;
			replaced = true;
		}
	}
	return replaced;
}

/** Indices 0 … count - 1 in an order drawn by Fisher and Yates. */
function shuffled(count: number, random: Random): Uint32Array {
	const order = Uint32Array.from({ length: count }, (_, index) => index);
	for (let last = count - 1; last > 0; last--) {
		const other = Math.floor(random.next() * (last + 1));
		const index = order[last];
		order[last] = order[other];
		order[other] = index;
	}
	return order;
}

/** Sizes and inertia over all points; centroids without a point are dropped. */
async function measure(
	kernels: Kernels,
	source: PointSource,
	centroids: Float64Array,
	cols: number,
): Promise<Omit<MiniBatchKMeansResult, "passes">> {
	const sizes = new Float64Array(centroids.length / cols);
	let inertia = 0;
	for (let index = 0; index < source.batches; index++) {
		const { data, rows } = await readBatch(kernels, source, index, cols);
		const { labels, distances } = kernels.assignClusters(data, rows, cols, centroids, sizes.length);
		for (let i = 0; i < rows; i++) {
			sizes[labels[i]]++;
			inertia += distances[i];
		}
	}
	const kept = Array.from(sizes.keys()).filter((k) => sizes[k] > 0);
	const compact = new Float64Array(kept.length * cols);
	for (const [to, k] of kept.entries()) {
		compact.set(centroids.subarray(k * cols, (k + 1) * cols), to * cols);
	}
	return { centroids: compact, clusters: kept.length, sizes: sizes.filter((size) => size > 0), inertia };
}
