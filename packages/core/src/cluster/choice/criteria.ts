import type { Check, Kernels } from "@dinoseg/kernels";
import { adjustedRandIndex, calinskiHarabasz, silhouette } from "../../metrics/index.ts";
import type { ClusterRange } from "../../options/index.ts";
import { WORTHWHILE_GAIN } from "../../options/index.ts";
import type { Matrix } from "../../tensor/index.ts";
import { gatherRows } from "../gather-rows.ts";

/** What a criterion says about one number of clusters. */
export interface ChoicePoint {
	readonly clusters: number;
	/** What it means and which values are good is told by the criterion. */
	readonly value: number;
}

/** Clusterings of the same N points, one for every number of clusters. Made when they are asked for. */
export interface ClusterCandidates {
	/** The numbers of clusters to choose from. */
	readonly range: ClusterRange;
	/** Cluster of each point. Shape (N,). */
	labels(clusters: number): Uint16Array;
	/** Sum of the squared distances of the points to the means of their clusters; from 1 cluster on. */
	inertia(clusters: number): number;
}

/** One value for every number of clusters of a range. */
function curveOver({ min, max }: ClusterRange, measure: (clusters: number) => number): ChoicePoint[] {
	return Array.from({ length: max - min + 1 }, (_, index) => ({
		clusters: min + index,
		value: measure(min + index),
	}));
}

/** The number of clusters of the highest value, the smallest one on ties. */
export function highest(curve: readonly ChoicePoint[]): number {
	return curve.reduce((best, point) => (point.value > best.value ? point : best)).clusters;
}

/**
 * The share of all variance that the step from k - 1 to k clusters explains: (W(k - 1) - W(k)) / W(1), W being the
 * inertia. From 0 to 1; 0 for one cluster, and where all points are equal.
 *
 * Source: the scree test of Cattell 1966, doi:10.1207/s15327906mbr0102_10, with a fixed share instead of the eye.
 */
export function gainCurve({ range, inertia }: ClusterCandidates): ChoicePoint[] {
	const total = inertia(1);
	return curveOver(range, (clusters) =>
		clusters === 1 || total === 0 ? 0 : (inertia(clusters - 1) - inertia(clusters)) / total,
	);
}

/** The largest number of clusters whose gain is worthwhile, else the smallest of all. */
export function chooseByGain(curve: readonly ChoicePoint[]): number {
	return (curve.findLast(({ value }) => value >= WORTHWHILE_GAIN) ?? curve[0]).clusters;
}

/**
 * How far the curve of the inertia lies below the straight line between its ends, both axes scaled to 1: 1 - x - y.
 * From -1 to 1, higher is better; 0 at the ends and where the curve is flat.
 *
 * Source: Satopää et al. 2011, "Finding a 'kneedle' in a haystack", doi:10.1109/ICDCSW.2011.20, without its smoothing.
 */
export function elbowCurve({ range, inertia }: ClusterCandidates): ChoicePoint[] {
	const first = inertia(range.min);
	const drop = first - inertia(range.max);
	return curveOver(range, (clusters) =>
		drop > 0 ? (first - inertia(clusters)) / drop - (clusters - range.min) / (range.max - range.min) : 0,
	);
}

/**
 * Variance between clusters over variance inside them, each per degree of freedom. 0 or more, higher is better.
 *
 * Source: `calinskiHarabasz`.
 */
export function calinskiHarabaszCurve(
	kernels: Kernels,
	points: Matrix,
	{ range, labels }: ClusterCandidates,
): ChoicePoint[] {
	return curveOver(range, (clusters) => calinskiHarabasz(points, labels(clusters), kernels.check));
}

/** Points that are measured: the time grows with their square. */
const MOST_MEASURED = 2000;

/**
 * The mean silhouette: how much nearer points are to their own cluster than to the next one. From -1 to 1, higher is
 * better; 0 for one cluster. Of more than 2000 points it is measured at 2000, taken at even steps.
 *
 * Source: `silhouette`.
 */
export function silhouetteCurve(kernels: Kernels, points: Matrix, { range, labels }: ClusterCandidates): ChoicePoint[] {
	const sample = evenSample(points, MOST_MEASURED, kernels.check);
	return curveOver(range, (clusters) => {
		const ofAll = labels(clusters);
		return silhouette(
			kernels,
			sample.points,
			sample.places.map((place) => ofAll[place]),
		);
	});
}

/**
 * Mean adjusted Rand index of the clustering and those of other seeds: how much of it is no accident. 1 where all are
 * the same, about 0 where they have nothing in common; higher is better.
 *
 * Source: Ben-Hur, Elisseeff and Guyon 2002, "A stability based method for discovering structure in clustered data",
 * doi:10.1142/9789812799623_0002, with other seeds instead of other samples.
 *
 * @param reseeded the same clusterings from other seeds, at least one.
 */
export function stabilityCurve(
	{ range, labels }: ClusterCandidates,
	reseeded: readonly Pick<ClusterCandidates, "labels">[],
): ChoicePoint[] {
	return curveOver(range, (clusters) => {
		const own = labels(clusters);
		return reseeded.reduce((sum, other) => sum + adjustedRandIndex(own, other.labels(clusters)), 0) / reseeded.length;
	});
}

/** The largest number of clusters of the highest stability: few clusters are easily stable. */
export function chooseByStability(curve: readonly ChoicePoint[]): number {
	return curve.reduce((best, point) => (point.value >= best.value ? point : best)).clusters;
}

/** Points that are compared, unless more clusters are asked for: the time grows with their cube. */
const MOST_COMPARED = 400;

/**
 * The gap between the k-th and the next eigenvalue of the affinity of the points, max(0, cosine), normalised by its row
 * sums: k groups that have nothing in common make k eigenvalues of 1. From 0 to 1, higher is better. Of more than 400
 * points it is measured at 400, taken at even steps.
 *
 * Convention: a point is like itself, also a point of zeros; eigenvalues that do not exist are 0.
 * Source: von Luxburg 2007, "A tutorial on spectral clustering", doi:10.1007/s11222-007-9033-z, sections 3.2 and 8.3.
 */
export function eigengapCurve(kernels: Kernels, points: Matrix, range: ClusterRange): ChoicePoint[] {
	const sample = evenSample(points, Math.max(MOST_COMPARED, range.max + 1), kernels.check).points;
	const { values } = kernels.symmetricEigen(normalisedAffinity(kernels, sample), sample.rows, () => 1);
	return curveOver(range, (clusters) => (values[clusters - 1] ?? 0) - (values[clusters] ?? 0));
}

/** max(0, cosine) of every two rows, divided by the roots of the sums of both rows. Shape (N, N). */
function normalisedAffinity(kernels: Kernels, { data, rows, cols }: Matrix): Float64Array {
	const affinity = kernels.gramMatrix(data, rows, cols, new Float64Array(cols));
	const lengths = Float64Array.from({ length: rows }, (_, i) => Math.sqrt(affinity[i * rows + i]));
	const roots = new Float64Array(rows);
	for (let i = 0; i < rows; i++) {
		let sum = 0;
		for (let j = 0; j < rows; j++) {
			const at = i * rows + j;
			const scale = lengths[i] * lengths[j];
			affinity[at] = i === j ? 1 : scale > 0 ? Math.max(0, affinity[at] / scale) : 0;
			sum += affinity[at];
		}
		roots[i] = Math.sqrt(sum);
	}
	for (let at = 0; at < affinity.length; at++) {
		affinity[at] /= roots[Math.floor(at / rows)] * roots[at % rows];
	}
	return affinity;
}

/** Some of the points, and where they were among all. */
interface EvenSample {
	/** Shape (M, D). */
	readonly points: Matrix;
	/** Shape (M,). */
	readonly places: Uint32Array;
}

/**
 * At most so many points at even steps, from the first one on: for measures whose time grows faster than the number of
 * points.
 *
 * @param check called between points.
 */
function evenSample(points: Matrix, most: number, check: Check): EvenSample {
	const rows = Math.min(points.rows, most);
	const places = Uint32Array.from({ length: rows }, (_, index) => Math.floor((index * points.rows) / rows));
	return { points: { data: gatherRows(points, places, rows, check), rows, cols: points.cols }, places };
}
