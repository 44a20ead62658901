import type { ExportSegment } from "./export-image.ts";

/** What names of XML cannot have. */
const NOT_IN_XML =
	/[^-_0-9A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\u{10000}-\u{effff}]/gu;

/** What people would have to escape in a selector, or could not type. */
const NOT_IN_IDS = /[^\p{L}\p{M}\p{N}_-]/gu;

/** What the name of an XML element cannot begin with, of the characters that are left. */
const NOT_AT_BEGIN = /^(?:\d|[\u0300-\u036f])/u;

/**
 * Ids of elements for the segments of an image, made of their names: `tall-grass` for "tall grass".
 *
 * What is no letter, digit, mark, hyphen or underscore becomes a hyphen, a digit at the begin gets a `_` before it, and
 * where another segment has the same, the segment's id is added. A name of no letter or digit gives `segment-3`.
 *
 * Source: W3C, Extensible Markup Language (XML) 1.0, fifth edition, section 2.3.
 *
 * @param segments by rising id.
 * @returns by the id of the segment; all differ.
 */
export function xmlIds(segments: readonly ExportSegment[]): ReadonlyMap<number, string> {
	const taken = new Set<string>();
	const ids = new Map<number, string>();
	for (const { id, name } of segments) {
		let text = toXmlId(name) || `segment-${id}`;
		while (taken.has(text)) {
			text += `-${id}`;
		}
		taken.add(text);
		ids.set(id, text);
	}
	return ids;
}

function toXmlId(name: string): string {
	const text = name
		.normalize("NFKC")
		.replace(NOT_IN_XML, " ")
		.replace(NOT_IN_IDS, " ")
		.replace(/^[- ]+|[- ]+$/g, "")
		.replace(/ +/g, "-");
	return NOT_AT_BEGIN.test(text) ? `_${text}` : text;
}
