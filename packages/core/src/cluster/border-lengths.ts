import { checkLength } from "../errors/index.ts";

/**
 * How long the borders between clusters are on a grid: how many neighbours along rows and columns lie in both.
 *
 * @param labels cluster of each place, below `clusters`. Shape (rows, cols).
 * @returns symmetric, 0 on the diagonal. Shape (clusters, clusters).
 * @throws DinosegError SHAPE_MISMATCH
 */
export function borderLengths(labels: Uint16Array, rows: number, cols: number, clusters: number): Float64Array {
	checkLength("borderLengths", "labels (rows, cols)", labels, rows, cols);
	const lengths = new Float64Array(clusters * clusters);
	const count = (a: number, b: number): void => {
		if (a !== b) {
			lengths[a * clusters + b]++;
			lengths[b * clusters + a]++;
		}
	};
	for (let row = 0, at = 0; row < rows; row++) {
		for (let col = 0; col < cols; col++, at++) {
			if (col > 0) {
				count(labels[at], labels[at - 1]);
			}
			if (row > 0) {
				count(labels[at], labels[at - cols]);
			}
		}
	}
	return lengths;
}
