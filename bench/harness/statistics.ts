/** How long something takes, milliseconds. */
export interface Timing {
	readonly median: number;
	readonly min: number;
	/** Runs that this is about. */
	readonly samples: number;
}

/** @param times milliseconds, at least one. */
export function summarise(times: readonly number[]): Timing {
	const sorted = [...times].sort((a, b) => a - b);
	const half = sorted.length >> 1;
	const median = sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
	return { median, min: sorted[0], samples: sorted.length };
}
