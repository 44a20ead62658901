/** Of how many milliseconds a rate is, and in how many steps it is renewed. */
const SPAN_MS = 60_000;
const STEPS = 12;

/** Counts items, and tells how many there were a second in the last minute. */
export interface ItemRate {
	add(): void;
	perSecond(): number;
}

/** @param now milliseconds, monotonic. */
export function createItemRate(now: () => number): ItemRate {
	const start = now();
	const stepMs = SPAN_MS / STEPS;
	/** Items by the number of the step in which they came. */
	const counts = new Map<number, number>();
	const stepNow = (): number => Math.floor(now() / stepMs);
	return {
		add() {
			const step = stepNow();
			counts.set(step, (counts.get(step) ?? 0) + 1);
			for (const old of counts.keys()) {
				if (old <= step - STEPS) {
					counts.delete(old);
				}
			}
		},
		perSecond() {
			const step = stepNow();
			const items = [...counts].reduce((sum, [at, count]) => (at > step - STEPS ? sum + count : sum), 0);
			const seconds = Math.min(now() - start, SPAN_MS) / 1000;
			return seconds > 0 ? items / seconds : 0;
		},
	};
}
