import { flagName } from "@dinoseg/core/errors";
import { ALL_OPTIONS, formatOption, type OptionDefinition, type OptionKey } from "@dinoseg/core/options";
import type { Settings } from "../scene.ts";
import { givenOptions } from "./given-options.ts";

/** What a POSIX shell leaves as it is. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/**
 * Write the command that makes the same result from a file, for a POSIX shell. Options that have their default are left out.
 *
 * @param fileName path of the picture, as the command is to find it.
 */
export function commandLine(settings: Settings, fileName: string): string {
	// What begins with a hyphen would be a flag.
	const file = fileName.startsWith("-") ? `./${fileName}` : fileName;
	const flags = givenOptions(settings).flatMap(([key, value]) => flagWords(key, value));
	return ["dinoseg", "segment", file, ...flags].map(quote).join(" ");
}

/** The words that give an option a value. */
function flagWords(key: OptionKey, value: unknown): string[] {
	const { letter, kind } = ALL_OPTIONS[key] as OptionDefinition<unknown>;
	const flag = letter === undefined ? flagName(key) : `-${letter}`;
	return kind.placeholder === undefined ? [flag] : [flag, String(formatOption(key, value))];
}

function quote(word: string): string {
	return PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
