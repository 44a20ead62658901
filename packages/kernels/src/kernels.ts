/**
 * The contract of the hot loops. Not an API for users: `@dinoseg/core` wraps each kernel in a documented stage.
 *
 * Conventions: all arrays are flat and row-major; inputs are never modified; arguments were checked by the caller.
 * A build may be faster than the plain TypeScript reference, and must return the same bytes.
 */

/** Unsigned pixels or labels, one value per element. */
export type Pixels = Uint8Array | Uint16Array;

/** The real symmetric eigenproblem, solved. */
export interface Eigen {
	/** All eigenvalues, falling. Shape (N,). */
	readonly values: Float64Array;
	/** Unit eigenvectors of the first values, one a row. Shape (count, N). */
	readonly vectors: Float64Array;
}

/** How many of the leading eigenvectors are to be made, told once all eigenvalues (N,) are known. */
export type VectorChoice = (values: Float64Array) => number;

/** Where the tokens of a grid lie in the picture that they are enlarged to. */
export interface GridGeometry {
	readonly rows: number;
	readonly cols: number;
	/** Position of output pixel y in token rows: `(y + 0.5) * rowScale + rowOffset`. */
	readonly rowScale: number;
	readonly rowOffset: number;
	/** Position of output pixel x in token columns: `(x + 0.5) * colScale + colOffset`. */
	readonly colScale: number;
	readonly colOffset: number;
}

/** The label with the highest interpolated score at each pixel, and how clearly it won. */
export interface ScoreUpsampling {
	/** Shape (height, width). 8 bits up to 256 clusters, else 16. */
	readonly labels: Pixels;
	/** round(255 * (p1 - p2)) for p = softmax(score / temperature). Shape (height, width). */
	readonly confidence: Uint8Array;
}

/** Connected regions of a label map, numbered in raster order of their first pixel. */
export interface Regions {
	/** Region of each pixel. Shape (height, width). */
	readonly data: Uint32Array;
	readonly count: number;
}

/** The same, by runs: the longest stretches of one label in a row, in raster order. Label maps have few of them. */
export interface RegionRuns {
	/** One past the last pixel of each run. Shape (runs,). */
	readonly ends: Uint32Array;
	/** Region of each run. Shape (runs,). */
	readonly regions: Uint32Array;
	/** Number of regions. */
	readonly count: number;
}

/** One assignment step of k-means. */
export interface Assignment {
	/** Nearest centroid of each point; the lowest index wins a tie. Shape (N,). */
	readonly labels: Uint16Array;
	/** Squared Euclidean distance of each point to its centroid. Shape (N,). */
	readonly distances: Float64Array;
	/** Squared Euclidean distance of each point to the nearest other centroid; infinite where there is one only. Shape (N,). */
	readonly secondDistances: Float64Array;
}

export interface SlicOptions {
	/** How far a centre looks along each axis, pixels. */
	readonly reach: number;
	/** Weight of a squared distance in pixels beside one in colour. */
	readonly placeWeight: number;
	readonly iterations: number;
}

/** Called in long loops between two steps. It throws to end the work. */
export type Check = () => void;

export interface Kernels {
	readonly name: "reference" | "simd";

	/**
	 * The same kernels, which call `check` at the start of every call and at least every some tens of milliseconds within
	 * long ones. What `check` throws ends the call. All kernels stay usable.
	 */
	checked(check: Check): Kernels;

	/** What the caller wants to be called in long loops between two kernels: the check of `checked`, else nothing. */
	readonly check: Check;

	/** Median over a `window` x `window` square per channel, border replicated. (height, width, channels). `window` is odd, 1 to 255. */
	medianFilter<T extends Pixels>(source: T, width: number, height: number, channels: number, window: number): T;

	/** Antialiased bicubic (a = -0.5) in two rounded 8-bit passes as Pillow makes them. (height, width, channels). */
	resizeBicubic(
		source: Uint8Array,
		width: number,
		height: number,
		channels: number,
		outputWidth: number,
		outputHeight: number,
	): Uint8Array;

	/** Mean of each column of (N, D). Shape (D,). */
	columnMeans(points: Float32Array, count: number, dim: number): Float64Array;

	/** Sum over rows of (x - mean)(x - mean)^T. Shape (D, D), symmetric. */
	scatterMatrix(points: Float32Array, count: number, dim: number, mean: Float64Array): Float64Array;

	/** Inner products of the centred rows. Shape (N, N), symmetric. */
	gramMatrix(points: Float32Array, count: number, dim: number, mean: Float64Array): Float64Array;

	/** Eigenvalues of a symmetric (N, N) matrix and the eigenvectors that `choose` asks for, all by default. */
	symmetricEigen(matrix: Float64Array, size: number, choose?: VectorChoice): Eigen;

	/** Weighted sums of the centred rows: `weights` (K, N) times (x - mean). Shape (K, D). */
	combineRows(
		points: Float32Array,
		count: number,
		dim: number,
		mean: Float64Array,
		weights: Float64Array,
		combinations: number,
	): Float64Array;

	/** (x - mean) times the transposed `components` (K, D). Shape (N, K). */
	project(
		points: Float32Array,
		count: number,
		dim: number,
		mean: Float64Array,
		components: Float64Array,
		componentCount: number,
	): Float32Array;

	/** Nearest of the `centroids` (K, D) for every row of `points` (N, D). 1 <= K <= 65535. */
	assignClusters(
		points: Float32Array,
		count: number,
		dim: number,
		centroids: Float64Array,
		clusters: number,
	): Assignment;

	/** Squared Euclidean distances of every row of `points` (N, D) to the rows of `targets` (M, D). Shape (N, M). */
	squaredDistances(
		points: Float32Array,
		count: number,
		dim: number,
		targets: Float64Array,
		targetCount: number,
	): Float64Array;

	/** Sum of the points of each cluster, each times its weight. `labels`, `weights`: (N,). Shape (K, D). */
	clusterSums(
		points: Float32Array,
		count: number,
		dim: number,
		labels: Uint16Array,
		weights: Float64Array,
		clusters: number,
	): Float64Array;

	/** Bilinear interpolation of `scores` (rows, cols, K), borders clamped, arg max (lowest on ties) and confidence. */
	upsampleScores(
		scores: Float32Array,
		clusters: number,
		geometry: GridGeometry,
		width: number,
		height: number,
		temperature: number,
	): ScoreUpsampling;

	/** Most frequent of `labelCount` labels in the `window` square, border replicated, lowest label on ties. `window` is odd, 1 to 255. */
	majorityFilter<T extends Pixels>(labels: T, width: number, height: number, labelCount: number, window: number): T;

	/**
	 * Iterations of SLIC: each pixel goes to the nearest of the `centres` (K, 5: lightness, a, b, x, y) around it, the lowest on
	 * ties; then each centre becomes the mean of its pixels. Pixels that no centre reaches stay where they were, at first with
	 * centre 0. `channels`: 3 of shape (height, width). 1 <= K <= 65535. Shape (height, width).
	 */
	slic(
		channels: readonly [Float32Array, Float32Array, Float32Array],
		width: number,
		height: number,
		centres: Float64Array,
		options: SlicOptions,
	): Uint16Array;

	/** 4-connected regions of equal labels. */
	connectedRegions(labels: Pixels, width: number, height: number): Regions;

	/** The same without the memory of four bytes a pixel. */
	connectedRuns(labels: Pixels, width: number): RegionRuns;
}
