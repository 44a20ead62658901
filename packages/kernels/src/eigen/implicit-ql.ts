/** Relative spacing of float64 numbers. */
const EPSILON = 2.220446049250313e-16;

/** Sweeps for one eigenvalue; two are usual. A bound, so that every input comes to an end. */
const MAX_SWEEPS = 60;

/** Rotations that are gathered before the eigenvectors are touched: small enough to stay in a second-level cache. */
const BATCH = 8192;

/** Rows that are rotated at once; `vectors` must have a multiple of it. */
export const ROTATED_ROWS = 4;

/** The rotations of several sweeps, in their order. Sweep s turns columns (i, i + 1) for i from last[s] to first[s]. */
interface RotationBatch {
	readonly cosines: Float64Array;
	readonly sines: Float64Array;
	readonly first: number[];
	readonly last: number[];
	used: number;
}

/**
 * Diagonalise a tridiagonal matrix by the implicit QL algorithm. Its diagonal `d` becomes the eigenvalues, unordered;
 * `e`, which joins i and i + 1, is used up; the columns of `vectors` (rows, N) are turned along: Q becomes the
 * eigenvectors.
 *
 * Convention: an off-diagonal element is taken as 0 when it is below the float64 spacing of the largest row sum, the
 * norm-wise criterion of EISPACK `tql2`, which saves sweeps where a matrix has not its full rank.
 *
 * Source: Martin and Wilkinson, Numer. Math. 12, 377-383 (1968); Dubrulle, Numer. Math. 15, 450 (1970);
 * EISPACK `imtql2`. Unlike there rotations are applied in batches, to a few rows at a time.
 */
export function diagonalise(d: Float64Array, e: Float64Array, size: number, vectors: Float64Array): void {
	let norm = 0;
	for (let i = 0; i < size; i++) {
		norm = Math.max(norm, Math.abs(d[i]) + Math.abs(e[i]));
	}
	const negligible = EPSILON * norm;
	const batch: RotationBatch = {
		cosines: new Float64Array(BATCH + size),
		sines: new Float64Array(BATCH + size),
		first: [],
		last: [],
		used: 0,
	};
	for (let l = 0; l < size; l++) {
		for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
			let m = l;
			while (m < size - 1 && Math.abs(e[m]) > negligible) {
				m++;
			}
			if (m === l) {
				break;
			}
			sweepUp(d, e, l, m, batch);
			if (batch.used >= BATCH) {
				applyRotations(batch, size, vectors);
			}
		}
	}
	applyRotations(batch, size, vectors);
}

/** One QL sweep with Wilkinson's shift over the unreduced block l..m. */
function sweepUp(d: Float64Array, e: Float64Array, l: number, m: number, batch: RotationBatch): void {
	const { cosines, sines } = batch;
	const half = (d[l + 1] - d[l]) / (2 * e[l]);
	const root = Math.sqrt(half * half + 1);
	let g = d[m] - d[l] + e[l] / (half + (half < 0 ? -root : root));
	let sine = 1;
	let cosine = 1;
	let p = 0;
	let at = batch.used;
	batch.last.push(m - 1);
	for (let i = m - 1; i >= l; i--) {
		const f = sine * e[i];
		const b = cosine * e[i];
		const r = Math.sqrt(f * f + g * g);
		e[i + 1] = r;
		if (r === 0) {
			// The block has split here: what is left of the bulge is below the smallest number.
			d[i + 1] -= p;
			e[m] = 0;
			batch.first.push(i + 1);
			batch.used = at;
			return;
		}
		sine = f / r;
		cosine = g / r;
		g = d[i + 1] - p;
		const t = (d[i] - g) * sine + 2 * cosine * b;
		p = sine * t;
		d[i + 1] = g + p;
		g = cosine * t - b;
		cosines[at] = cosine;
		sines[at] = sine;
		at++;
	}
	d[l] -= p;
	e[l] = g;
	e[m] = 0;
	batch.first.push(l);
	batch.used = at;
}

/** Turn the columns of `vectors` by all rotations of the batch and empty it. */
function applyRotations(batch: RotationBatch, size: number, vectors: Float64Array): void {
	const { first, last } = batch;
	for (let row = 0; row < vectors.length; row += ROTATED_ROWS * size) {
		let start = 0;
		for (let sweep = 0; sweep < first.length; sweep++) {
			rotateRows(vectors, row, size, batch, start, first[sweep], last[sweep]);
			start += last[sweep] - first[sweep] + 1;
		}
	}
	first.length = 0;
	last.length = 0;
	batch.used = 0;
}

/** One sweep over four rows: the element that moves on stays in a register. */
function rotateRows(
	vectors: Float64Array,
	row0: number,
	size: number,
	batch: RotationBatch,
	start: number,
	first: number,
	last: number,
): void {
	const { cosines, sines } = batch;
	const row1 = row0 + size;
	const row2 = row1 + size;
	const row3 = row2 + size;
	let moving0 = vectors[row0 + last + 1];
	let moving1 = vectors[row1 + last + 1];
	let moving2 = vectors[row2 + last + 1];
	let moving3 = vectors[row3 + last + 1];
	let at = start;
	for (let i = last; i >= first; i--) {
		const cosine = cosines[at];
		const sine = sines[at];
		at++;
		const x0 = vectors[row0 + i];
		vectors[row0 + i + 1] = sine * x0 + cosine * moving0;
		moving0 = cosine * x0 - sine * moving0;
		const x1 = vectors[row1 + i];
		vectors[row1 + i + 1] = sine * x1 + cosine * moving1;
		moving1 = cosine * x1 - sine * moving1;
		const x2 = vectors[row2 + i];
		vectors[row2 + i + 1] = sine * x2 + cosine * moving2;
		moving2 = cosine * x2 - sine * moving2;
		const x3 = vectors[row3 + i];
		vectors[row3 + i + 1] = sine * x3 + cosine * moving3;
		moving3 = cosine * x3 - sine * moving3;
	}
	vectors[row0 + first] = moving0;
	vectors[row1 + first] = moving1;
	vectors[row2 + first] = moving2;
	vectors[row3 + first] = moving3;
}
