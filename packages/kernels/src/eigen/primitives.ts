import type { Check } from "../kernels.ts";

/** A symmetric matrix A = Q T Q^T with T tridiagonal. */
export interface Tridiagonal {
	/** Diagonal of T. Shape (N,). */
	readonly diagonal: Float64Array;
	/** `offDiagonal[i]` joins i and i + 1; the last is 0. Shape (N,). */
	readonly offDiagonal: Float64Array;
	/**
	 * Row i holds the vector v of reflection i, I - v v^T / halfSquares[i], in its first i places; the rest is not
	 * read. Q is reflection N - 1 times ... times reflection 1. Shape (N, N).
	 */
	readonly reflectors: Float64Array;
	/** Half the squared length of each v; 0 where there is no reflection. Shape (N,). */
	readonly halfSquares: Float64Array;
}

/** A rectangle of a row-major matrix: element (i, j) is `data[start + i * stride + j]`. */
export interface Rectangle {
	readonly data: Float64Array;
	readonly start: number;
	readonly stride: number;
}

/** Sums over the poles d of a secular equation with numerators s: see `secular-equation.ts`. K poles. */
export interface PoleSums {
	/** Take distances from pole `origin` from now on: x below means the place d[origin] + x. */
	setOrigin(origin: number): void;

	/**
	 * Sums over the poles from `from` to before `to` of s / (d - x) and of s / (d - x)^2, into `sum` and `slope`.
	 * Poles at an even distance from the first are summed apart from the others; the two sums are added.
	 */
	add(from: number, to: number, x: number): void;
	readonly sum: number;
	readonly slope: number;

	/** Multiply product i by (d[i] - x) / (d[i] - d[root]), product `root` by d[root] - x. All are 1 at first. */
	multiplyInto(root: number, x: number): void;
	/** The products. Shape (K,). */
	products(): Float64Array;
}

/**
 * A part of the eigenproblem that is cut into chunks, each of which fills places of its own: threads can share them, and
 * who takes which does not show in the result.
 */
export interface EigenJob<Operands> {
	readonly name: string;
	/** @param operands plain data, the same for all chunks. */
	run(primitives: EigenPrimitives, operands: Operands, chunk: number): void;
}

/** Room for numbers. Fresh memory costs more time than it takes to fill it, so builds use theirs again and again. */
export interface Scratch {
	/** Call `work`. Room that is handed out meanwhile is free again afterwards. */
	scope<T>(work: () => T): T;
	/** Room that holds whatever was there before. */
	float64(length: number): Float64Array;
}

/** The parts of the eigenproblem that take its time. Each build has its own; the rest of the algorithm is shared. */
export interface EigenPrimitives {
	/** Called between steps: see `Kernels.checked`. */
	readonly check: Check;

	/** How many chunks to cut work on many rows into: 1 where one thread does it all. */
	readonly chunks: number;

	/** What is handed out here is seen by every thread. */
	readonly scratch: Scratch;

	/** Run the chunks 0 to `chunks` - 1 of a job. */
	run<Operands>(job: EigenJob<Operands>, operands: Operands, chunks: number): void;

	/**
	 * Reduce `scale` times a symmetric matrix (N, N), of which only the lower triangle is read, to tridiagonal form. The
	 * largest element, scaled, should be about 1.
	 */
	tridiagonalise(matrix: Float64Array, size: number, scale: number): Tridiagonal;

	/** Call `work` with the sums over the given poles and numerators, both (K,). */
	withPoles<T>(poles: Float64Array, numerators: Float64Array, work: (sums: PoleSums) => T): T;

	/** out (M, P) = left (M, L) times right (L, P), summed over L in rising order. P = `columns`. */
	multiply(left: Rectangle, leftRows: number, right: Float64Array, columns: number, out: Rectangle): void;

	/** Multiply each row of `vectors` (count, N), in place, by Q: eigenvectors of T become eigenvectors of A. */
	reflect(tridiagonal: Tridiagonal, size: number, vectors: Float64Array, count: number): void;
}
