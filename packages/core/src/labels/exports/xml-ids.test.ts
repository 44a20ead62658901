import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { xmlIds } from "./xml-ids.ts";

/** Name of XML 1.0, fifth edition, without the colon. */
const START =
	"A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}";
const XML_NAME = new RegExp(`^[${START}][-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}${START}]*$`, "u");

const idsOf = (...names: readonly string[]) => [
	...xmlIds(names.map((name, id) => ({ id, name, color: [0, 0, 1] }))).values(),
];

describe("xmlIds", () => {
	it("are names of XML that all differ, whatever the names of the segments", () => {
		const unit = fc.constantFrom("grapheme" as const, "binary" as const);
		const names = unit.chain((kind) => fc.array(fc.string({ unit: kind, maxLength: 8 }), { maxLength: 12 }));
		fc.assert(
			fc.property(names, (texts) => {
				const ids = idsOf(...texts);
				expect(new Set(ids).size).toBe(texts.length);
				for (const id of ids) {
					expect(id).toMatch(XML_NAME);
				}
			}),
			{ numRuns: 1000 },
		);
	});

	it("differ where names differ only in what no id has", () => {
		fc.assert(
			fc.property(fc.array(fc.constantFrom("a", "a b", "a-b", "a-b-2", "a b-2", "A", "*", "segment 1")), (texts) => {
				const ids = idsOf(...texts);
				expect(new Set(ids).size).toBe(texts.length);
			}),
		);
	});

	it.each([
		["segment-0", "segment-0"],
		["tall grass", "tall-grass"],
		["  <b>Größe</b> & co. ", "b-Größe-b-co"],
		["木 🌲", "木"],
		["e\u0301t\u00e9", "été"],
		["5 µm", "_5-μm"],
		["3 cats", "_3-cats"],
		["\u0301", "_\u0301"],
		["-x_y-", "x_y"],
		["a:b.c", "a-b-c"],
		["🌲", "segment-0"],
		["--", "segment-0"],
	])("of %j is %j", (name, id) => {
		expect(idsOf(name)).toEqual([id]);
	});

	it("have the segment's id where another has the same", () => {
		const names = ["a b", "a-b", "a/b", "segment-4", "🌲"];
		expect(idsOf(...names)).toEqual(["a-b", "a-b-1", "a-b-2", "segment-4", "segment-4-4"]);
	});
});
