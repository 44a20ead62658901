/** How an option is called where the user gave it: `inputSize` in code, `--input-size` on a command line. */
export type OptionNaming = (key: string) => string;

/** Characters for private use: no other text has them. */
const OPEN = "\uE000";
const CLOSE = "\uE001";
const MARKED = /\uE000(\w+)\uE001/g;

/** How an option is called on the command line: `inputSize` is `--input-size`. */
export const flagName: OptionNaming = (key) => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/**
 * Mark the name of an option in a message of `DinosegError`. The message has the key; `messageOf` calls the option as a
 * caller does.
 */
export function optionName(key: string): string {
	return OPEN + key + CLOSE;
}

/** Put the names of a naming in place of the marks of `optionName`. */
export function nameOptions(text: string, naming: OptionNaming): string {
	return text.replace(MARKED, (_mark, key: string) => naming(key));
}
