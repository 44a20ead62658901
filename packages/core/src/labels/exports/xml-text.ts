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
