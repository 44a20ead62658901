/** Something with a score. */
export interface Ranked<T> {
	readonly id: string;
	readonly score: number;
	readonly item: T;
}

/** Keeps the best and the worst of many, and no more. */
export interface Ranking<T> {
	/** One without a score (NaN) has no place. */
	add(entry: Ranked<T>): void;
	/** The best, best first. None of them is among the worst. */
	best(): readonly Ranked<T>[];
	/** The worst, worst first. */
	worst(): readonly Ranked<T>[];
}

/** @param size how many of each are kept. Which ones does not depend on the order in which they are added. */
export function createRanking<T>(size: number): Ranking<T> {
	let best: Ranked<T>[] = [];
	let worst: Ranked<T>[] = [];
	let count = 0;
	/** How many are shown as best; the rest, as far as it is kept, as worst. */
	const good = () => Math.min(size, Math.ceil(count / 2));
	return {
		add(entry) {
			if (Number.isNaN(entry.score)) {
				return;
			}
			count++;
			best = [...best, entry].sort(better).slice(0, size);
			worst = [...worst, entry].sort((a, b) => better(b, a)).slice(0, size);
		},
		best: () => best.slice(0, good()),
		worst: () => worst.slice(0, Math.min(size, count - good())),
	};
}

function better(a: Ranked<unknown>, b: Ranked<unknown>): number {
	return b.score - a.score || (a.id < b.id ? -1 : 1);
}
