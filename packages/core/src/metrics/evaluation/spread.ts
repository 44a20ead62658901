/** A value that was found several times. */
export interface Spread {
	/** NaN where no value is a number. */
	readonly mean: number;
	/** Sample standard deviation (n - 1); null for a single value. */
	readonly sd: number | null;
}

/** The mean of those that are numbers; NaN if none is. */
export function meanOf(values: readonly number[]): number {
	const numbers = values.filter((value) => !Number.isNaN(value));
	return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}

/** Mean and standard deviation of the values that are numbers. */
export function spreadOf(values: readonly number[]): Spread {
	const numbers = values.filter((value) => !Number.isNaN(value));
	const mean = meanOf(numbers);
	if (numbers.length < 2) {
		return { mean, sd: null };
	}
	const squares = numbers.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
	return { mean, sd: Math.sqrt(squares / (numbers.length - 1)) };
}
