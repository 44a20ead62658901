import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createXmlParser } from "../../../../../fixtures/xml-parser.ts";
import { escapeXml } from "./text-rule.ts";

const parser = createXmlParser();

/** Everything that XML can hold. */
const texts = fc
	.string({ unit: "binary", minLength: 1 })
	.map((text) => text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "?"));

describe("escapeXml", () => {
	it("is read back from content and from attributes", () => {
		fc.assert(
			fc.property(texts, (text) => {
				const { a } = parser.parse(`<a b="${escapeXml(text)}">x${escapeXml(text)}</a>`);
				expect(a).toEqual({ b: text, "#text": `x${text}` });
			}),
		);
	});

	it("leaves nothing that means something else", () => {
		expect(escapeXml(`a<b>&"c"\r\n\t]]>`)).toBe("a&lt;b&gt;&amp;&quot;c&quot;&#13;&#10;&#9;]]&gt;");
		expect(escapeXml("Wald, Gräser 🌲")).toBe("Wald, Gräser 🌲");
	});
});
