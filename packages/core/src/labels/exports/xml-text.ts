import { DinosegError } from "../../errors/index.ts";

/** What XML 1.0 allows in no way, escaped or not: control characters, halves of pairs, U+FFFE and U+FFFF. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/**
 * Text as XML holds it, as content and in quoted attributes; line breaks and tabs stay what they are.
 *
 * Source: W3C, Extensible Markup Language (XML) 1.0, fifth edition, sections 2.2, 2.11 and 3.3.3.
 *
 * @throws DinosegError EXPORT_UNSUPPORTED if it has a character that XML forbids.
 */
export function escapeXml(text: string): string {
	const forbidden = FORBIDDEN.exec(text)?.[0];
	if (forbidden !== undefined) {
		const code = (forbidden.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0");
		throw new DinosegError(
			"EXPORT_UNSUPPORTED",
			`XML cannot hold the character U+${code} in ${JSON.stringify(text)}. Take it out of the name: --names.`,
			{ details: { text } },
		);
	}
	return text.replace(/[&<>"\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
