import type { Check } from "@dinoseg/kernels";
import { noCheck } from "../../abort.ts";
import { CHECKED_POINTS, Lattice } from "./lattice.ts";
import { CORNERS, DIMENSIONS, Simplex } from "./simplex.ts";

/**
 * Weighted means over points that are near in place and colour, with the weights of a Gaussian of deviation 1 in five
 * dimensions, in time linear in the points.
 *
 * Values are spread over the corners of the simplex around each point, blurred along the six directions of the lattice
 * with (1, 2, 1) / 4, and read at corners again. Points at the same place count too, the point itself included.
 * The means come near to those of the Gaussian, as `refineScores` says.
 * Source: Adams, Baek and Davis 2010, doi:10.1111/j.1467-8659.2009.01645.x.
 */
export class BilateralFilter {
	readonly #check: Check;
	readonly #lattice: Lattice;
	readonly #simplex = new Simplex();
	/** Lattice point at each corner around each point. Shape (points, 6). */
	readonly #corners: Int32Array;
	/** Shape (points, 6). */
	readonly #weights: Float32Array;
	readonly #neighbours: Int32Array;
	/** What the points around each lattice point weigh together. Shape (lattice points,). */
	readonly #mass: Float32Array;

	/**
	 * @param points in deviations of the filter. Shape (points, 5).
	 * @param check  called between some points, here and in `spread` and `means`. Default: none.
	 */
	constructor(points: Float64Array, check: Check = noCheck) {
		this.#check = check;
		this.#lattice = new Lattice(check);
		const count = points.length / DIMENSIONS;
		this.#corners = new Int32Array(count * CORNERS);
		this.#weights = new Float32Array(count * CORNERS);
		for (let point = 0; point < count; point++) {
			this.#checkAt(point);
			this.#simplex.enclose(points, point * DIMENSIONS);
			this.#weights.set(this.#simplex.weights, point * CORNERS);
			for (let corner = 0; corner < CORNERS; corner++) {
				this.#corners[point * CORNERS + corner] = this.#lattice.add(this.#simplex.keys, corner * DIMENSIONS);
			}
		}
		this.#neighbours = this.#lattice.neighbours();
		this.#mass = this.spread(new Float32Array(count).fill(1), 1);
	}

	/**
	 * Weighted sums of values around each lattice point, of which `means` and `meansAt` make means.
	 *
	 * @param values shape (points, channels).
	 * @returns shape (lattice points + 1, channels). The last row is 0: it stands for neighbours that are not in use.
	 */
	spread(values: Float32Array, channels: number): Float32Array {
		const sums = new Float32Array((this.#lattice.count + 1) * channels);
		for (let point = 0; point * CORNERS < this.#corners.length; point++) {
			this.#checkAt(point);
			const source = point * channels;
			for (let i = point * CORNERS; i < (point + 1) * CORNERS; i++) {
				const target = this.#corners[i] * channels;
				const weight = this.#weights[i];
				for (let c = 0; c < channels; c++) {
					sums[target + c] += weight * values[source + c];
				}
			}
		}
		return this.#blur(sums, channels);
	}

	/**
	 * The weighted mean around each point.
	 *
	 * @param sums  from `spread`.
	 * @param means shape (points, channels). Written.
	 */
	means(sums: Float32Array, channels: number, means: Float32Array): void {
		const mean = new Float64Array(channels);
		for (let point = 0; point * CORNERS < this.#corners.length; point++) {
			this.#checkAt(point);
			let mass = 0;
			mean.fill(0);
			for (let i = point * CORNERS; i < (point + 1) * CORNERS; i++) {
				const weight = this.#weights[i];
				const source = this.#corners[i] * channels;
				mass += weight * this.#mass[this.#corners[i]];
				for (let c = 0; c < channels; c++) {
					mean[c] += weight * sums[source + c];
				}
			}
			for (let c = 0; c < channels; c++) {
				means[point * channels + c] = mean[c] / mass;
			}
		}
	}

	/**
	 * The weighted means of some channels at any place.
	 *
	 * @param place  shape (5,).
	 * @param sums   from `spread`.
	 * @param chosen channels to read.
	 * @param means  shape (chosen,). Written; 0 where no point is near.
	 */
	meansAt(
		place: Float64Array,
		sums: Float32Array,
		channels: number,
		chosen: readonly number[],
		means: Float64Array,
	): void {
		const { keys, weights } = this.#simplex;
		this.#simplex.enclose(place, 0);
		let mass = 0;
		means.fill(0);
		for (let corner = 0; corner < CORNERS; corner++) {
			const point = this.#lattice.find(keys, corner * DIMENSIONS);
			if (point >= 0) {
				mass += weights[corner] * this.#mass[point];
				for (let i = 0; i < chosen.length; i++) {
					means[i] += weights[corner] * sums[point * channels + chosen[i]];
				}
			}
		}
		if (mass > 0) {
			for (let i = 0; i < chosen.length; i++) {
				means[i] /= mass;
			}
		}
	}

	/** Points of any kind come in their order, so a few of them are between two checks. */
	#checkAt(point: number): void {
		if (point % CHECKED_POINTS === 0) {
			this.#check();
		}
	}

	/** @param sums shape (lattice points + 1, channels), the last row 0. Overwritten. */
	#blur(sums: Float32Array, channels: number): Float32Array {
		const count = this.#lattice.count;
		let from = sums;
		let to: Float32Array = new Float32Array(sums.length);
		for (let direction = 0; direction < CORNERS; direction++) {
			for (let point = 0; point < count; point++) {
				this.#checkAt(point);
				const neighbour = 2 * (direction * count + point);
				const before = this.#neighbours[neighbour] * channels;
				const after = this.#neighbours[neighbour + 1] * channels;
				const at = point * channels;
				for (let c = 0; c < channels; c++) {
					to[at + c] = 0.5 * from[at + c] + 0.25 * (from[before + c] + from[after + c]);
				}
			}
			[from, to] = [to, from];
		}
		return from;
	}
}
