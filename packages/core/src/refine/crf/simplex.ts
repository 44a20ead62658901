/** Axes of the space that is filtered: x, y, red, green and blue. */
export const DIMENSIONS = 5;

/** Corners of a simplex of the lattice. */
export const CORNERS = DIMENSIONS + 1;

/** Lattice steps per unit of each axis, such that splatting, blurring and slicing together have the deviation 1. */
const SCALES = Float64Array.from(
	{ length: DIMENSIONS },
	(_, axis) => (CORNERS * Math.sqrt(2 / 3)) / Math.sqrt((axis + 1) * (axis + 2)),
);

/**
 * The simplex of the permutohedral lattice around a point.
 *
 * Convention: the lattice lies in the plane of six coordinates that add up to 0; its points have integers that are all
 * alike modulo 6.
 * Source: Adams, Baek and Davis 2010, "Fast high-dimensional filtering using the permutohedral lattice",
 * doi:10.1111/j.1467-8659.2009.01645.x, section 3.1.
 */
export class Simplex {
	/** The first five of the six coordinates of each corner. Shape (6, 5). */
	readonly keys = new Int32Array(CORNERS * DIMENSIONS);
	/** Barycentric coordinates of the point: from 0 to 1, they add up to 1. Shape (6,). */
	readonly weights = new Float64Array(CORNERS);
	readonly #elevated = new Float64Array(CORNERS);
	readonly #nearest = new Int32Array(CORNERS);
	readonly #rank = new Int32Array(CORNERS);
	readonly #sums = new Float64Array(CORNERS + 1);

	/**
	 * Find the simplex around a point.
	 *
	 * @param points in deviations of the filter; the five numbers from `at` on are the point.
	 */
	enclose(points: Float64Array, at: number): void {
		this.#elevate(points, at);
		this.#findNearest();
		this.#weigh();
		const { keys } = this;
		for (let axis = 0; axis < DIMENSIONS; axis++) {
			const nearest = this.#nearest[axis];
			const turn = CORNERS - this.#rank[axis];
			for (let corner = 0; corner < CORNERS; corner++) {
				keys[corner * DIMENSIONS + axis] = nearest + (corner < turn ? corner : corner - CORNERS);
			}
		}
	}

	/** Put the point into the plane. */
	#elevate(points: Float64Array, at: number): void {
		let sum = 0;
		for (let axis = DIMENSIONS; axis > 0; axis--) {
			const scaled = points[at + axis - 1] * SCALES[axis - 1];
			this.#elevated[axis] = sum - axis * scaled;
			sum += scaled;
		}
		this.#elevated[0] = sum;
	}

	/** The nearest lattice point of multiples of 6, and the order of the differences to it, largest first. */
	#findNearest(): void {
		const elevated = this.#elevated;
		const nearest = this.#nearest;
		const rank = this.#rank;
		let sum = 0;
		for (let i = 0; i < CORNERS; i++) {
			const steps = Math.floor(elevated[i] / CORNERS + 0.5);
			nearest[i] = steps * CORNERS;
			sum += steps;
			rank[i] = 0;
		}
		for (let i = 0; i < DIMENSIONS; i++) {
			const difference = elevated[i] - nearest[i];
			for (let j = i + 1; j < CORNERS; j++) {
				if (difference < elevated[j] - nearest[j]) {
					rank[i]++;
				} else {
					rank[j]++;
				}
			}
		}
		// Rounded one by one, the coordinates need not add up to 0: move those that were rounded farthest.
		for (let i = 0; i < CORNERS; i++) {
			rank[i] += sum;
			if (rank[i] < 0) {
				rank[i] += CORNERS;
				nearest[i] += CORNERS;
			} else if (rank[i] >= CORNERS) {
				rank[i] -= CORNERS;
				nearest[i] -= CORNERS;
			}
		}
	}

	#weigh(): void {
		const sums = this.#sums.fill(0);
		for (let i = 0; i < CORNERS; i++) {
			const share = (this.#elevated[i] - this.#nearest[i]) / CORNERS;
			sums[DIMENSIONS - this.#rank[i]] += share;
			sums[CORNERS - this.#rank[i]] -= share;
		}
		sums[0] += 1 + sums[CORNERS];
		for (let corner = 0; corner < CORNERS; corner++) {
			// Rounding can make a weight of 0 a little less.
			this.weights[corner] = Math.max(0, sums[corner]);
		}
	}
}
