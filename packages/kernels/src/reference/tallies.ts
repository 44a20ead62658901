/** Counts of ranks 0..size-1 that know their mode: the rank with the highest count, the lowest on ties. */
export class Tally {
	/** After a change here, call `settle` for each changed rank before `mode` is read. Shape (size,). */
	readonly counts: Int32Array;
	/** A knockout tournament: winner of node i is the better winner of nodes 2i and 2i + 1; leaves are the ranks. */
	readonly #winners: Uint32Array;
	readonly #leaves: number;

	constructor(size: number) {
		let leaves = 2;
		while (leaves < size) {
			leaves *= 2;
		}
		this.#leaves = leaves;
		this.counts = new Int32Array(leaves);
		this.#winners = new Uint32Array(2 * leaves);
		for (let node = 2 * leaves - 1; node >= 1; node--) {
			this.#winners[node] = node >= leaves ? node - leaves : this.#winners[2 * node];
		}
	}

	get mode(): number {
		return this.#winners[1];
	}

	/** Replay the matches of one rank. */
	settle(rank: number): void {
		const counts = this.counts;
		const winners = this.#winners;
		for (let node = (rank + this.#leaves) >> 1; node >= 1; node >>= 1) {
			const left = winners[2 * node];
			const right = winners[2 * node + 1];
			const winner = counts[right] > counts[left] ? right : left;
			if (winner === winners[node] && winner !== rank) {
				return;
			}
			winners[node] = winner;
		}
	}
}

/**
 * For each column of a label map, how often each rank occurs in the rows of the window: a short unordered list of
 * (rank, count) pairs, since a column of a label map holds few labels.
 */
export class ColumnTallies {
	/** rank * 65536 + count. Shape (columns, capacity). */
	readonly #entries: Uint32Array;
	/** Pairs in use. Shape (columns,). */
	readonly #lengths: Uint32Array;
	readonly #capacity: number;

	/** @param capacity most distinct ranks that a column can hold at once. */
	constructor(columns: number, capacity: number) {
		this.#entries = new Uint32Array(columns * capacity);
		this.#lengths = new Uint32Array(columns);
		this.#capacity = capacity;
	}

	increment(column: number, rank: number): void {
		const entries = this.#entries;
		const begin = column * this.#capacity;
		const end = begin + this.#lengths[column];
		for (let i = begin; i < end; i++) {
			if (entries[i] >>> 16 === rank) {
				entries[i]++;
				return;
			}
		}
		entries[end] = rank * 65536 + 1;
		this.#lengths[column]++;
	}

	/** The rank must be there. */
	decrement(column: number, rank: number): void {
		const entries = this.#entries;
		let i = column * this.#capacity;
		while (entries[i] >>> 16 !== rank) {
			i++;
		}
		entries[i]--;
		if ((entries[i] & 0xffff) === 0) {
			this.#lengths[column]--;
			entries[i] = entries[column * this.#capacity + this.#lengths[column]];
		}
	}

	/** Add a column to a tally (sign 1) or take it away (sign -1). */
	apply(column: number, tally: Tally, sign: number): void {
		const begin = column * this.#capacity;
		const end = begin + this.#lengths[column];
		for (let i = begin; i < end; i++) {
			tally.counts[this.#entries[i] >>> 16] += sign * (this.#entries[i] & 0xffff);
		}
		for (let i = begin; i < end; i++) {
			tally.settle(this.#entries[i] >>> 16);
		}
	}

	/** True if both columns hold one and the same rank only. */
	sameSingle(a: number, b: number): boolean {
		return (
			this.#lengths[a] === 1 &&
			this.#lengths[b] === 1 &&
			this.#entries[a * this.#capacity] === this.#entries[b * this.#capacity]
		);
	}
}
