/** A binary heap of (size, region) pairs: the smallest size first, of equal sizes the lowest region. */
export class SizeHeap {
	readonly #sizes: Float64Array;
	readonly #regions: Int32Array;
	#length = 0;

	/** @param capacity most pairs held at once. */
	constructor(capacity: number) {
		this.#sizes = new Float64Array(capacity);
		this.#regions = new Int32Array(capacity);
	}

	push(size: number, region: number): void {
		let hole = this.#length++;
		while (hole > 0) {
			const parent = (hole - 1) >> 1;
			if (!this.#before(size, region, parent)) {
				break;
			}
			this.#move(parent, hole);
			hole = parent;
		}
		this.#sizes[hole] = size;
		this.#regions[hole] = region;
	}

	/** The first pair, taken out; undefined when the heap is empty. */
	pop(): { readonly size: number; readonly region: number } | undefined {
		if (this.#length === 0) {
			return undefined;
		}
		const first = { size: this.#sizes[0], region: this.#regions[0] };
		this.#length--;
		const size = this.#sizes[this.#length];
		const region = this.#regions[this.#length];
		let hole = 0;
		for (;;) {
			let child = 2 * hole + 1;
			if (child >= this.#length) {
				break;
			}
			if (child + 1 < this.#length && this.#before(this.#sizes[child + 1], this.#regions[child + 1], child)) {
				child++;
			}
			if (this.#before(size, region, child)) {
				break;
			}
			this.#move(child, hole);
			hole = child;
		}
		this.#sizes[hole] = size;
		this.#regions[hole] = region;
		return first;
	}

	#before(size: number, region: number, place: number): boolean {
		return size < this.#sizes[place] || (size === this.#sizes[place] && region < this.#regions[place]);
	}

	#move(from: number, to: number): void {
		this.#sizes[to] = this.#sizes[from];
		this.#regions[to] = this.#regions[from];
	}
}
