import { divideAndConquer, type Torn } from "./divide-and-conquer.ts";
import { type Join, joinedVectors } from "./join.ts";
import type { EigenJob, Tridiagonal } from "./primitives.ts";

/** Rows are cut into chunks at multiples of this: products work on whole groups of rows. */
const GROUP = 4;

interface HalvesOperands {
	readonly torn: Torn;
	readonly offDiagonal: Float64Array;
	/** Eigenvalues of the two halves, one after the other. Written. Shape (N,). */
	readonly values: Float64Array;
	/** Eigenvectors of each half, one a row. Written. */
	readonly upper: Float64Array;
	readonly lower: Float64Array;
}

/** Solve the two halves of a torn matrix: one chunk each. */
export const solveHalves: EigenJob<HalvesOperands> = {
	name: "solveHalves",
	run(primitives, { torn, offDiagonal, values, upper, lower }, chunk) {
		const { diagonal, split } = torn;
		const start = chunk === 0 ? 0 : split;
		const end = chunk === 0 ? split : diagonal.length;
		const vectors = chunk === 0 ? upper : lower;
		const part = offDiagonal.subarray(start, end);
		values.set(divideAndConquer(primitives, diagonal.subarray(start, end), part, vectors), start);
	},
};

interface VectorsOperands {
	readonly join: Join;
	readonly tridiagonal: Tridiagonal;
	readonly chunks: number;
	/** Eigenvectors of the matrix before its reduction, one a row. Written. Shape (count, N). */
	readonly vectors: Float64Array;
}

/** Make the first eigenvectors of a matrix: some rows a chunk. */
export const makeVectors: EigenJob<VectorsOperands> = {
	name: "makeVectors",
	run(primitives, { join, tridiagonal, chunks, vectors }, chunk) {
		const { size } = join.problem;
		const count = vectors.length / size;
		const groups = Math.ceil(count / GROUP);
		const first = Math.floor((groups * chunk) / chunks) * GROUP;
		const end = Math.min(count, Math.floor((groups * (chunk + 1)) / chunks) * GROUP);
		const rows = vectors.subarray(first * size, end * size);
		joinedVectors(primitives, join, first, end, rows);
		primitives.reflect(tridiagonal, size, rows, end - first);
	},
};
