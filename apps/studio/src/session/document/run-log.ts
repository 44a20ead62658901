/** First pixel, length, part before and part after of each stretch of pixels that changed, in the order of the changes. */
export type Runs = Uint32Array;

/** Numbers of a run. */
export const RUN_NUMBERS = 4;

/** Runs that are written one after the other. */
export class RunLog {
	#runs = new Uint32Array(64 * RUN_NUMBERS);
	#length = 0;

	push(start: number, length: number, before: number, after: number): void {
		if (this.#length === this.#runs.length) {
			const larger = new Uint32Array(2 * this.#runs.length);
			larger.set(this.#runs);
			this.#runs = larger;
		}
		const at = this.#length;
		this.#runs[at] = start;
		this.#runs[at + 1] = length;
		this.#runs[at + 2] = before;
		this.#runs[at + 3] = after;
		this.#length += RUN_NUMBERS;
	}

	/** Those so far. Shape (runs, 4). */
	take(): Runs {
		return this.#runs.slice(0, this.#length);
	}
}
