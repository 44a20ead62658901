import { checkInteger, DinosegError, type IntegerBounds } from "@dinoseg/core/errors";
import { parseDecimal } from "@dinoseg/core/options";
import { Option } from "commander";
import { argumentOf } from "./option-flags.ts";

/** A flag that takes an integer within bounds. */
export function countFlag(usage: string, description: string, bounds: IntegerBounds): Option {
	const option = new Option(usage, description);
	return option.argParser(argumentOf((text) => parseCount(text, option.long ?? usage, bounds)));
}

/**
 * An integer within bounds.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function parseCount(text: string, flag: string, bounds: IntegerBounds): number {
	const count = parseNumber(text, flag);
	checkInteger("", flag, count, bounds);
	return count;
}

/**
 * A number in decimal notation.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function parseNumber(text: string, flag: string): number {
	const value = parseDecimal(text);
	if (value === undefined) {
		throw new DinosegError("OPTION_INVALID", `${flag} must be a number, got "${text}".`, {
			details: { option: flag, value: text },
		});
	}
	return value;
}
