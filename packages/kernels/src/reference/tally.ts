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
