/** Control characters of ASCII and Latin-1: C0, delete, C1. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/**
 * A text that a terminal shows as it is: control characters become visible escapes.
 *
 * File names may hold anything, also sequences that colour a terminal or change its title.
 */
export function printable(text: string): string {
	return text.replace(CONTROL, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
