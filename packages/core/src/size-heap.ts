/** A binary heap of (size, item) pairs: the smallest size first, of equal sizes the lowest item. */
export class SizeHeap {
	readonly #sizes: Float64Array;
	readonly #items: Int32Array;
	#length = 0;

	/** @param capacity most pairs held at once. */
	constructor(capacity: number) {
		this.#sizes = new Float64Array(capacity);
		this.#items = new Int32Array(capacity);
	}

	push(size: number, item: number): void {
		let hole = this.#length++;
		while (hole > 0) {
			const parent = (hole - 1) >> 1;
			if (!this.#before(size, item, parent)) {
				break;
			}
			this.#move(parent, hole);
			hole = parent;
		}
		this.#sizes[hole] = size;
		this.#items[hole] = item;
	}

	/** The first pair, taken out; undefined when the heap is empty. */
	pop(): { readonly size: number; readonly item: number } | undefined {
		if (this.#length === 0) {
			return undefined;
		}
		const first = { size: this.#sizes[0], item: this.#items[0] };
		this.#length--;
		const size = this.#sizes[this.#length];
		const item = this.#items[this.#length];
		let hole = 0;
		for (;;) {
			let child = 2 * hole + 1;
			if (child >= this.#length) {
				break;
			}
			if (child + 1 < this.#length && this.#before(this.#sizes[child + 1], this.#items[child + 1], child)) {
				child++;
			}
			if (this.#before(size, item, child)) {
				break;
			}
			this.#move(child, hole);
			hole = child;
		}
		this.#sizes[hole] = size;
		this.#items[hole] = item;
		return first;
	}

	#before(size: number, item: number, place: number): boolean {
		return size < this.#sizes[place] || (size === this.#sizes[place] && item < this.#items[place]);
	}

	#move(from: number, to: number): void {
		this.#sizes[to] = this.#sizes[from];
		this.#items[to] = this.#items[from];
	}
}
