import { flagName, isDinosegError, nameOptions } from "@dinoseg/core/errors";
import {
	ALL_OPTIONS,
	formatOption,
	type OptionDefinition,
	type OptionGroup,
	type OptionKey,
	type OptionStage,
	parseOption,
} from "@dinoseg/core/options";
import { InvalidArgumentError, Option } from "commander";
import { shellMessage } from "./shell-message.ts";

/** Headings of the help for what not everybody needs. What has none is listed first, and alone by `--help`. */
export const HELP_GROUPS: Readonly<Record<OptionGroup, string | undefined>> = {
	main: undefined,
	quality: "Quality:",
	network: "Network:",
	running: "Running:",
};

/**
 * The flags of the options that decide some stages, in the order of the record.
 *
 * None has a default of commander's: a flag that was not given has no value.
 */
export function optionFlags(...stages: readonly OptionStage[]): Option[] {
	return (Object.keys(ALL_OPTIONS) as OptionKey[])
		.filter((key) => stages.includes(ALL_OPTIONS[key].stage))
		.map((key) => optionFlag(key));
}

/** The flag of one option. @param help what it does where a command has its own words for it. */
export function optionFlag(key: OptionKey, help: string = ALL_OPTIONS[key].help): Option {
	const { kind, letter, group } = ALL_OPTIONS[key] as OptionDefinition<unknown>;
	const { placeholder, allowed } = kind;
	const long = flagName(key);
	const value = placeholder === undefined ? "" : ` <${placeholder}>`;
	const shown = formatOption(key, ALL_OPTIONS[key].default);
	const values = allowed === undefined ? "" : `${allowed}; `;
	const details = placeholder === undefined ? "" : ` [${values}default: ${shown}]`;
	const description = nameOptions(help, flagName) + details;
	const option = new Option(`${letter === undefined ? "" : `-${letter}, `}${long}${value}`, description);
	return grouped(
		placeholder === undefined ? option : option.argParser(argumentOf((text) => parseOption(key, text))),
		group,
	);
}

/** A flag under the heading of its group. */
export function grouped(option: Option, group: OptionGroup): Option {
	const heading = HELP_GROUPS[group];
	return heading === undefined ? option : option.helpGroup(heading);
}

/** A parser of ours as commander takes it. */
export function argumentOf<T>(parse: (text: string) => T): (text: string) => T {
	return (text) => {
		try {
			return parse(text);
		} catch (error) {
			throw isDinosegError(error) ? new InvalidArgumentError(shellMessage(error)) : error;
		}
	};
}
