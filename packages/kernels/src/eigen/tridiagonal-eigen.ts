/** Eigenpairs of a tridiagonal matrix. */
export interface TridiagonalEigen {
	/** Falling. Shape (N,). */
	readonly values: Float64Array;
	/** Unit eigenvectors, one a row. Shape (N, N). */
	readonly vectors: Float64Array;
}
