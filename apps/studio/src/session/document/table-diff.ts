/** Entries of a table that are others than before. */
export interface TableDiff {
	/** Rising. Shape (entries,), as the others. */
	readonly entries: Uint16Array;
	readonly before: Uint16Array;
	readonly after: Uint16Array;
}

/** What makes `after` of `before`, over the length of `before`. */
export function diffTables(before: Uint16Array, after: Uint16Array): TableDiff {
	const diff = new GrowingDiff(before.length);
	for (let entry = 0; entry < before.length; entry++) {
		diff.add(entry, before[entry], after[entry]);
	}
	return diff.take();
}

/** Two differences, one after the other, as one. */
export function joinDiffs(first: TableDiff, second: TableDiff): TableDiff {
	const joined = new GrowingDiff(first.entries.length + second.entries.length);
	let a = 0;
	let b = 0;
	while (a < first.entries.length || b < second.entries.length) {
		const entryA = a < first.entries.length ? first.entries[a] : Number.POSITIVE_INFINITY;
		const entryB = b < second.entries.length ? second.entries[b] : Number.POSITIVE_INFINITY;
		const before = entryA <= entryB ? first.before[a] : second.before[b];
		const after = entryB <= entryA ? second.after[b] : first.after[a];
		joined.add(Math.min(entryA, entryB), before, after);
		a += entryA <= entryB ? 1 : 0;
		b += entryB <= entryA ? 1 : 0;
	}
	return joined.take();
}

/** A difference to which entries are added, rising; those that are as before are left out. */
class GrowingDiff {
	readonly #entries: Uint16Array;
	readonly #before: Uint16Array;
	readonly #after: Uint16Array;
	#count = 0;

	constructor(most: number) {
		this.#entries = new Uint16Array(most);
		this.#before = new Uint16Array(most);
		this.#after = new Uint16Array(most);
	}

	add(entry: number, before: number, after: number): void {
		if (before !== after) {
			this.#entries[this.#count] = entry;
			this.#before[this.#count] = before;
			this.#after[this.#count++] = after;
		}
	}

	take(): TableDiff {
		const [entries, before, after] = [this.#entries, this.#before, this.#after].map((all) => all.slice(0, this.#count));
		return { entries, before, after };
	}
}

export function bytesOfDiff({ entries }: TableDiff): number {
	return 6 * entries.length;
}
