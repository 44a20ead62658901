import type { PathHash } from "./path-hash.ts";

/** Slots of an empty table: a power of two. */
const FIRST_SLOTS = 1024;
/** A fuller table takes long to search. */
const MOST_FULL = 0.6;

/**
 * A number for each of very many paths, by their hashes: 16 bytes a slot, some 30 a path.
 *
 * Source: open addressing with linear probing, Knuth, The Art of Computer Programming 3, section 6.4, algorithm L.
 */
export class PathTable {
	#slots = FIRST_SLOTS;
	#size = 0;
	/** The two halves of a hash, one after the other. Shape (slots, 2). */
	#hashes = new Uint32Array(2 * FIRST_SLOTS);
	/** NaN where a slot is free. Shape (slots). */
	#values = new Float64Array(FIRST_SLOTS).fill(Number.NaN);

	/** Paths that have a number. */
	get size(): number {
		return this.#size;
	}

	/** @returns the number that was set last, or nothing. */
	get(hash: PathHash): number | undefined {
		const value = this.#values[this.#find(hash)];
		return Number.isNaN(value) ? undefined : value;
	}

	/** @param value any number but NaN. */
	set(hash: PathHash, value: number): void {
		const slot = this.#find(hash);
		if (Number.isNaN(this.#values[slot])) {
			this.#size += 1;
		}
		this.#hashes[2 * slot] = hash.high;
		this.#hashes[2 * slot + 1] = hash.low;
		this.#values[slot] = value;
		if (this.#size > MOST_FULL * this.#slots) {
			this.#grow();
		}
	}

	/** The slot of a hash, or the free one that it would get. */
	#find({ high, low }: PathHash): number {
		const mask = this.#slots - 1;
		let slot = low & mask;
		while (
			!Number.isNaN(this.#values[slot]) &&
			(this.#hashes[2 * slot] !== high || this.#hashes[2 * slot + 1] !== low)
		) {
			slot = (slot + 1) & mask;
		}
		return slot;
	}

	#grow(): void {
		const [hashes, values] = [this.#hashes, this.#values];
		this.#slots *= 2;
		this.#size = 0;
		this.#hashes = new Uint32Array(2 * this.#slots);
		this.#values = new Float64Array(this.#slots).fill(Number.NaN);
		for (const [slot, value] of values.entries()) {
			if (!Number.isNaN(value)) {
				this.set({ high: hashes[2 * slot], low: hashes[2 * slot + 1] }, value);
			}
		}
	}
}
