import type { ClusterRange } from "../../options/index.ts";

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
export function curveOver({ min, max }: ClusterRange, measure: (clusters: number) => number): ChoicePoint[] {
	return Array.from({ length: max - min + 1 }, (_, index) => ({
		clusters: min + index,
		value: measure(min + index),
	}));
}

/** The number of clusters of the highest value, the smallest one on ties. */
export function highest(curve: readonly ChoicePoint[]): number {
	return curve.reduce((best, point) => (point.value > best.value ? point : best)).clusters;
}
