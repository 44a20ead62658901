import { DinosegError, optionName } from "../errors/index.ts";
import type { OptionKind, Written } from "./option-kind.ts";
import type { SegmentKind } from "./option-values.ts";
import {
	ALL_OPTIONS,
	DEFAULT_OPTIONS,
	type ModelOptions,
	OPTIONS,
	type OptionKey,
	type SegmentationOptions,
} from "./options.ts";
import { type ClusterRange, clusterRangeKind } from "./pipeline-kinds.ts";

/** Options as a caller gives them: any of them, an explicit `undefined` counts as not given. */
export type PartialOptions = { readonly [K in keyof SegmentationOptions]?: SegmentationOptions[K] | undefined };

/** Options as they are written: in flags, `segments.json` and requests. */
export type WrittenOptions = { readonly [K in keyof SegmentationOptions]: Written };

type OptionValues = SegmentationOptions & ModelOptions;

const KEYS = Object.keys(OPTIONS) as readonly (keyof SegmentationOptions)[];

/**
 * Fill in the defaults and check every value.
 *
 * @throws DinosegError OPTION_INVALID that names the option, its value and what is allowed; also for unknown keys.
 */
export function resolveOptions(given: PartialOptions): SegmentationOptions {
	for (const [key, value] of Object.entries(given)) {
		if (!Object.hasOwn(OPTIONS, key)) {
			throw unknownOption(key, value);
		}
	}
	const options = Object.fromEntries(
		KEYS.map((key) => [key, given[key] === undefined ? DEFAULT_OPTIONS[key] : given[key]]),
	) as SegmentationOptions;
	for (const key of KEYS) {
		checkOption(key, options[key]);
	}
	checkApplicable(options);
	return options;
}

/** Without the options that decide nothing about a kind of segments. */
export function optionsFor(segments: SegmentKind, options: PartialOptions): PartialOptions {
	const applies = (key: string): boolean =>
		[undefined, segments].includes(OPTIONS[key as keyof PartialOptions]?.appliesTo);
	return Object.fromEntries(Object.entries(options).filter(([key]) => applies(key)));
}

/**
 * Throw unless a value of an option is allowed.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function checkOption(key: OptionKey, value: unknown): void {
	checkValue(key, ALL_OPTIONS[key].kind, value);
}

/**
 * Throw unless a range rises, is within the bounds of k and short enough for a sweep.
 *
 * @param key how code calls the range.
 * @throws DinosegError OPTION_INVALID
 */
export function checkSweepRange(key: string, range: ClusterRange): void {
	checkValue(key, clusterRangeKind, range);
}

/**
 * The value that a text stands for. It is not checked: `resolveOptions` does that.
 *
 * @throws DinosegError OPTION_INVALID if the text has another form.
 */
export function parseOption<K extends OptionKey>(key: K, text: string): OptionValues[K] {
	return parseValue(key, ALL_OPTIONS[key].kind as OptionKind<OptionValues[K]>, text);
}

/**
 * The values of some options that were written. They are not checked: `resolveOptions` does that.
 *
 * @throws DinosegError OPTION_INVALID for an unknown key, or a value of another form.
 */
export function parseOptions(written: Readonly<Record<string, unknown>>): PartialOptions {
	return Object.fromEntries(
		Object.entries(written).map(([key, value]) => {
			if (!Object.hasOwn(OPTIONS, key)) {
				throw unknownOption(key, value);
			}
			if (!["string", "number", "boolean"].includes(typeof value)) {
				const { form } = ALL_OPTIONS[key as OptionKey].kind;
				throw invalid(key, value, `${optionName(key)} must be ${form}, got ${JSON.stringify(value)}.`);
			}
			return [key, parseOption(key as OptionKey, String(value))];
		}),
	);
}

/**
 * The range of a sweep that a text stands for: `2..12`.
 *
 * @param key how code calls the range.
 * @throws DinosegError OPTION_INVALID
 */
export function parseSweepRange(key: string, text: string): ClusterRange {
	const range = parseValue(key, clusterRangeKind, text);
	checkSweepRange(key, range);
	return range;
}

/** Every option as it is written: the inverse of `parseOption`. */
export function formatOptions(options: SegmentationOptions): WrittenOptions {
	return Object.fromEntries(KEYS.map((key) => [key, formatOption(key, options[key])])) as WrittenOptions;
}

/**
 * The options that were written: the inverse of `formatOptions`.
 *
 * @throws DinosegError OPTION_INVALID if an option is missing or wrong.
 */
export function readOptions(written: WrittenOptions): SegmentationOptions {
	const entries = KEYS.map((key) => [key, parseOption(key, String(written[key]))]);
	return resolveOptions(Object.fromEntries(entries) as SegmentationOptions);
}

/** One option as it is written. */
export function formatOption(key: OptionKey, value: unknown): Written {
	return (ALL_OPTIONS[key].kind as OptionKind<unknown>).format(value);
}

function parseValue<T>(key: string, kind: OptionKind<T>, text: string): T {
	const value = kind.parse(text);
	if (value === undefined) {
		throw invalid(key, text, `${optionName(key)} must be ${kind.form}, got "${text}".`);
	}
	return value;
}

function checkValue(key: string, { problem }: OptionKind<unknown>, value: unknown): void {
	const found = problem(value);
	if (found !== undefined) {
		throw invalid(key, value, `${optionName(key)} ${found}`);
	}
}

/** An option that would decide nothing is a mistake: of another kind of segments, or the detail beside a number. */
function checkApplicable(options: SegmentationOptions): void {
	const { segments, clusters } = options;
	for (const key of KEYS) {
		const { appliesTo, default: standard } = OPTIONS[key];
		const written = formatOption(key, options[key]);
		if (written === formatOption(key, standard)) {
			continue;
		}
		if (appliesTo !== undefined && appliesTo !== segments) {
			throw invalid(
				key,
				written,
				`${optionName(key)} ${written} decides nothing with ${optionName("segments")} ${segments}: it is for ${appliesTo}. Leave it away.`,
			);
		}
		if (key === "detail" && typeof clusters === "number") {
			throw invalid(
				key,
				written,
				`${optionName(key)} ${written} decides nothing with ${optionName("clusters")} ${clusters}. Give one of them.`,
			);
		}
	}
}

function unknownOption(key: string, value: unknown): DinosegError {
	return invalid(key, value, `unknown option "${key}". Known are ${KEYS.join(", ")}.`);
}

function invalid(option: string, value: unknown, message: string): DinosegError {
	const shown = typeof value === "number" ? value : String(value);
	return new DinosegError("OPTION_INVALID", message, { details: { option, value: shown } });
}
