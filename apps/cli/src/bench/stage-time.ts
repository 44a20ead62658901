/** How long a stage takes, milliseconds. */
export interface StageTime {
	readonly median: number;
	readonly min: number;
}

/** @param times of the runs, milliseconds; at least one. */
export function summariseTimes(times: readonly number[]): StageTime {
	const sorted = [...times].sort((a, b) => a - b);
	const half = sorted.length >> 1;
	const median = sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
	return { median, min: sorted[0] };
}
