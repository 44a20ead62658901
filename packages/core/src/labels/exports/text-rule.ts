import { DinosegError, optionName } from "../../errors/index.ts";
import type { ExportImage } from "./export-image.ts";

/** What a format cannot hold in a name or path. */
export interface TextRule {
	readonly forbidden: RegExp;
	/** What a text must be, for the message: completes "must". */
	readonly demand: string;
}

/** What XML 1.0 cannot hold, not even as a reference, and other control characters, which no tool shows. */
export const XML_TEXT: TextRule = {
	forbidden: /[\p{Surrogate}\ufffe\uffff]|(?![\t\n\r])\p{Cc}/u,
	demand: "be text that XML can hold: no control characters, no halves of a character",
};

/** @throws DinosegError OPTION_INVALID for the first name that breaks the rule. */
export function checkNames(format: string, { file, segments }: ExportImage, rule: TextRule): void {
	for (const { id, name } of segments) {
		if (rule.forbidden.test(name)) {
			throw new DinosegError(
				"OPTION_INVALID",
				`${format}: the name of segment ${id} of ${file} must ${rule.demand}; got ${JSON.stringify(name)}. Name it anew: ${optionName("names")}.`,
				{ details: { id, name } },
			);
		}
	}
}

/** @throws DinosegError OPTION_INVALID if the path of the photograph breaks the rule. */
export function checkFile(format: string, { file }: ExportImage, rule: TextRule): void {
	if (rule.forbidden.test(file)) {
		throw new DinosegError(
			"OPTION_INVALID",
			`${format}: a photograph's file name must ${rule.demand}; got ${JSON.stringify(file)}. Rename the file.`,
			{ details: { file } },
		);
	}
}

const REFERENCES: Readonly<Record<string, string>> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
	"\t": "&#9;",
	"\n": "&#10;",
	"\r": "&#13;",
};

/** A text as the content of an XML element, or as an attribute between double quotes. See `XML_TEXT` for what has no place. */
export function escapeXml(text: string): string {
	return text.replace(/[&<>"\t\n\r]/g, (character) => REFERENCES[character]);
}
