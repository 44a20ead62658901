import type { Check } from "@dinoseg/kernels";
import { CORNERS, DIMENSIONS } from "./simplex.ts";

const EMPTY = -1;

/** Points between two checks: below a millisecond for a few labels. */
export const CHECKED_POINTS = 256;

/** The points of the permutohedral lattice that are in use, found by their coordinates. */
export class Lattice {
	/** Shape (capacity, 5). */
	#keys = new Int32Array(1024 * DIMENSIONS);
	/** A power of two, at least twice the capacity: places of lattice points by hash, or EMPTY. */
	#slots = new Int32Array(2048).fill(EMPTY);
	#count = 0;
	readonly #check: Check;

	/** @param check called between some points. */
	constructor(check: Check) {
		this.#check = check;
	}

	/** Lattice points in use. */
	get count(): number {
		return this.#count;
	}

	/**
	 * @param keys the coordinates are the five numbers from `at` on.
	 * @returns number of the lattice point, a new one where it was not in use.
	 */
	add(keys: Int32Array, at: number): number {
		const slot = this.#slotOf(keys, at);
		if (this.#slots[slot] !== EMPTY) {
			return this.#slots[slot];
		}
		const index = this.#count++;
		this.#slots[slot] = index;
		for (let axis = 0; axis < DIMENSIONS; axis++) {
			this.#keys[index * DIMENSIONS + axis] = keys[at + axis];
		}
		if (2 * this.#count === this.#slots.length) {
			this.#grow();
		}
		return index;
	}

	/** @returns number of the lattice point, -1 where it is not in use. */
	find(keys: Int32Array, at: number): number {
		return this.#slots[this.#slotOf(keys, at)];
	}

	/**
	 * The two neighbours of every lattice point along each direction. Where one is not in use, the number after the last.
	 * Shape (6, points, 2).
	 */
	neighbours(): Int32Array {
		const found = new Int32Array(CORNERS * this.#count * 2);
		const key = new Int32Array(DIMENSIONS);
		let place = 0;
		for (let direction = 0; direction < CORNERS; direction++) {
			for (let index = 0; index < this.#count; index++) {
				if (index % CHECKED_POINTS === 0) {
					this.#check();
				}
				for (let step = -1; step <= 1; step += 2) {
					for (let axis = 0; axis < DIMENSIONS; axis++) {
						key[axis] = this.#keys[index * DIMENSIONS + axis] + (axis === direction ? -step * DIMENSIONS : step);
					}
					const neighbour = this.find(key, 0);
					found[place++] = neighbour === EMPTY ? this.#count : neighbour;
				}
			}
		}
		return found;
	}

	/** Where the lattice point is, or else where it would be put. */
	#slotOf(keys: Int32Array, at: number): number {
		const mask = this.#slots.length - 1;
		let hash = 0;
		for (let axis = 0; axis < DIMENSIONS; axis++) {
			hash = Math.imul(hash + keys[at + axis], 0x9e3779b1);
			hash ^= hash >>> 15;
		}
		for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
			const index = this.#slots[slot];
			if (index === EMPTY || this.#isAt(index, keys, at)) {
				return slot;
			}
		}
	}

	#isAt(index: number, keys: Int32Array, at: number): boolean {
		for (let axis = 0; axis < DIMENSIONS; axis++) {
			if (this.#keys[index * DIMENSIONS + axis] !== keys[at + axis]) {
				return false;
			}
		}
		return true;
	}

	#grow(): void {
		const keys = new Int32Array(2 * this.#keys.length);
		keys.set(this.#keys);
		this.#keys = keys;
		this.#slots = new Int32Array(2 * this.#slots.length).fill(EMPTY);
		for (let index = 0; index < this.#count; index++) {
			if (index % CHECKED_POINTS === 0) {
				this.#check();
			}
			this.#slots[this.#slotOf(keys, index * DIMENSIONS)] = index;
		}
	}
}
