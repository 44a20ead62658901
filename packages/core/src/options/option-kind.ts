/**
 * What the values of an option can be. Each kind knows how its values are written (in flags, manifests and requests),
 * what is allowed, and how to say so. Kinds of one option only are in `pipeline-kinds.ts`.
 */

/** An option as it is written: in `segments.json` and in requests; a flag has it as text. */
export type Written = string | number | boolean;

/** Bounds of a number, both ends included. */
export interface Bounds {
	readonly min: number;
	readonly max: number;
}

/** One form that a written value can have. Schemas of every notation are made from these. */
export type WrittenForm =
	| { readonly integer: Bounds }
	| { readonly number: Bounds }
	| { readonly oneOf: readonly [Written, ...Written[]] }
	| { readonly pattern: RegExp };

/** The values of an option: how they are written, and what is allowed. */
export interface OptionKind<T> {
	/** Stands for the value in a help text, such as `count`; none for a switch. */
	readonly placeholder: string | undefined;
	/** The form of the text, for who wrote another one: `a number`. */
	readonly form: string;
	/** What is allowed, in a few words: `1 to 100`; none where the option's help says it. */
	readonly allowed: string | undefined;
	/** The forms of a written value. A value that has one can still be wrong: see `problem`. */
	readonly written: readonly WrittenForm[];
	/** What a text says, unchecked; undefined if it has another form. */
	parse(text: string): T | undefined;
	/** The written value: what `parse` reads back from it is the same value. */
	format(value: T): Written;
	/** What is wrong, said of the option: `must be …, got ….` Undefined if nothing is. */
	problem(value: unknown): string | undefined;
}

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** A number in decimal notation; never NaN or infinite. Undefined for any other text. */
export function parseDecimal(text: string): number | undefined {
	const value = DECIMAL.test(text.trim()) ? Number(text) : Number.NaN;
	return Number.isFinite(value) ? value : undefined;
}

/** Callers from JavaScript have no compiler to tell them the type of an option. */
function isWithin(value: unknown, { min, max }: Bounds): value is number {
	return typeof value === "number" && value >= min && value <= max;
}

export function isIntegerWithin(value: unknown, bounds: Bounds): value is number {
	return Number.isInteger(value) && isWithin(value, bounds);
}

/** `1 to 100`. */
export function describeBounds({ min, max }: Bounds): string {
	return `${min} to ${max}`;
}

/** A whole number. */
export function integer(placeholder: string, bounds: Bounds): OptionKind<number> {
	return {
		placeholder,
		form: "a number",
		allowed: describeBounds(bounds),
		written: [{ integer: bounds }],
		parse: parseDecimal,
		format: (value) => value,
		problem: (value) => integerProblem(value, bounds),
	};
}

export function integerProblem(value: unknown, bounds: Bounds): string | undefined {
	return isIntegerWithin(value, bounds)
		? undefined
		: `must be an integer from ${bounds.min} to ${bounds.max}, got ${String(value)}.`;
}

/** An odd whole number, or 0 where nothing is to be done. */
export function oddOrZero(placeholder: string, bounds: Bounds): OptionKind<number> {
	return {
		placeholder,
		form: "a number",
		allowed: `0 (off) or odd, ${describeBounds(bounds)}`,
		written: [{ oneOf: [0] }, { integer: bounds }],
		parse: parseDecimal,
		format: (value) => value,
		problem: (value) =>
			value === 0 || (isIntegerWithin(value, bounds) && value % 2 === 1)
				? undefined
				: `must be 0 (off) or an odd integer from ${bounds.min} to ${bounds.max}, got ${String(value)}.`,
	};
}

/** Any number. */
export function real(placeholder: string, bounds: Bounds): OptionKind<number> {
	return {
		placeholder,
		form: "a number",
		allowed: describeBounds(bounds),
		written: [{ number: bounds }],
		parse: parseDecimal,
		format: (value) => value,
		problem: (value) =>
			isWithin(value, bounds)
				? undefined
				: `must be a number from ${bounds.min} to ${bounds.max}, got ${String(value)}.`,
	};
}

/** A whole number, or the word that stands for none of one's own. */
export function integerOr<W extends string>(placeholder: string, word: W, bounds: Bounds): OptionKind<number | W> {
	return {
		placeholder: `${placeholder}|${word}`,
		form: `a number or ${word}`,
		allowed: `${word} or ${describeBounds(bounds)}`,
		written: [{ oneOf: [word] }, { integer: bounds }],
		parse: (text) => (text.trim() === word ? word : parseDecimal(text)),
		format: (value) => value,
		problem: (value) =>
			value === word || isIntegerWithin(value, bounds)
				? undefined
				: `must be ${word} or an integer from ${bounds.min} to ${bounds.max}, got ${String(value)}.`,
	};
}

/** One of some words or numbers. */
export function choice<const T extends string | number>(
	placeholder: string,
	values: readonly [T, ...T[]],
): OptionKind<T> {
	const listed = values.join(", ");
	return {
		placeholder,
		form: `one of ${listed}`,
		allowed: listed,
		written: [{ oneOf: values }],
		parse: (text) => values.find((value) => value === (typeof value === "number" ? parseDecimal(text) : text.trim())),
		format: (value) => value,
		problem: (value) => (values.includes(value as T) ? undefined : `must be one of ${listed}, got ${String(value)}.`),
	};
}

/** Yes or no: a flag without a value. */
export const SWITCH: OptionKind<boolean> = {
	placeholder: undefined,
	form: "true or false",
	allowed: undefined,
	written: [{ oneOf: [true, false] }],
	parse: (text) => ({ true: true, false: false })[text.trim()],
	format: (value) => value,
	problem: (value) => (typeof value === "boolean" ? undefined : `must be true or false, got ${String(value)}.`),
};

/** Any text but an empty one. */
export function text(placeholder: string): OptionKind<string> {
	return {
		placeholder,
		form: "a text that is not empty",
		allowed: undefined,
		written: [{ pattern: /./ }],
		parse: (given) => given || undefined,
		format: (value) => value,
		problem: (value) =>
			typeof value === "string" && value !== "" ? undefined : `must be a text that is not empty, got ${String(value)}.`,
	};
}
