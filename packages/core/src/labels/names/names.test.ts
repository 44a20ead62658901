import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../../fixtures/errors.ts";
import { colorToHex, PALETTE, segmentColor } from "../palette.ts";
import { applyNames, namedPalette, parseNames } from "./index.ts";

describe("parseNames", () => {
	it("reads what was written, whatever the names", () => {
		const name = fc
			.string({ minLength: 1, maxLength: 30, unit: "grapheme" })
			.map((text) => text.replace(/\p{Cc}/gu, "").trim())
			.filter((text) => text.length > 0);
		const table = fc.uniqueArray(fc.record({ id: fc.nat(65535), name, color: fc.integer({ min: 1, max: 0xffffff }) }), {
			comparator: (a, b) => a.id === b.id || a.name === b.name || a.color === b.color,
			maxLength: 20,
		});
		fc.assert(
			fc.property(
				table,
				fc.constantFrom(",", ";", "\t"),
				fc.constantFrom("\n", "\r\n", "\r"),
				(rows, separator, end) => {
					const hex = (color: number) => `#${color.toString(16).padStart(6, "0")}`;
					const lines = rows.map((row) =>
						[row.id, `"${row.name.replaceAll('"', '""')}"`, hex(row.color)].join(separator),
					);
					const names = parseNames(`\ufeff${["id", "name", "color"].join(separator)}${end}${lines.join(end)}${end}`);
					expect([...names]).toEqual(
						rows.map(({ id, name: of, color }) => [
							id,
							{ name: of, color: [color >> 16, (color >> 8) & 255, color & 255] },
						]),
					);
				},
			),
		);
	});

	it("takes columns in any order, and leaves what is not given", () => {
		expect([...parseNames("Color,ID\n#00ff00,3\n,4\n")]).toEqual([
			[3, { name: undefined, color: [0, 255, 0] }],
			[4, { name: undefined, color: undefined }],
		]);
		expect([...parseNames("id\n7\n")]).toEqual([[7, { name: undefined, color: undefined }]]);
		expect(parseNames("id,name\n").size).toBe(0);
	});

	it("takes a name of 200 characters, and the ids at both ends", () => {
		const longest = "x".repeat(200);
		expect([...parseNames(`id,name\n65535,${longest}\n0,sky\n`)]).toEqual([
			[65535, { name: longest, color: undefined }],
			[0, { name: "sky", color: undefined }],
		]);
	});

	it("finds the separator in the first line, however lines end", () => {
		for (const end of ["\n", "\r\n", "\r"]) {
			expect([...parseNames(["id;name", "3;sand, wet", ""].join(end))]).toEqual([
				[3, { name: "sand, wet", color: undefined }],
			]);
		}
	});

	it.each([
		["", /names.csv: the table is empty\. .*id, name, color/],
		["name\nsky", /no column id/],
		["id,label\n0,sky", /column "label"\. Columns are id, name, color/],
		["id,__proto__\n0,sky", /column "__proto__"/],
		["id,color,Color\n0,,", /column "color" twice/],
		["id,colour\n0,", /column "colour"\. Columns are id, name, color/],
		["id,name\n0,sky\n-1,sea", /line 3: the id is "-1"\. Ids are whole numbers from 0 to 65535/],
		["id,name\n65536,sky", /the id is "65536"/],
		["id,name\n,sky", /the id is ""/],
		["id,name\n0,sky\n0,sea", /line 3: two lines have the id 0/],
		["id,name\n0,sky\n1,sky", /line 3: the ids 0 and 1 share the name "sky"/],
		["id,color\n0,#ABCDEF\n1,#abcdef", /the ids 0 and 1 share the colour "#abcdef"/],
		["id,color\n0,red", /line 2: the colour is "red"\. Write it as #rrggbb/],
		["id,color\n0,#000000", /the colour is black/],
		['id,name\n0,"a\nb"', /line 3: the name has a line break/],
		["id,name\r0,sky\r-1,sea", /line 3: the id is "-1"/],
		["id,name\n0,a\rb\n", /the name has a line break/],
		[`id,name\n0,${"x".repeat(201)}`, /the name has 201 characters\. At most 200/],
		["id,name\n0,sky,#ffffff", /names.csv: Invalid Record Length.*line 2/],
		['id,name\n0,"sky', /names.csv: Quote Not Closed/],
	])("refuses %j", (text, message) => {
		const error = errorOf(() => parseNames(text, "names.csv"));
		expect(error.code).toBe("NAMES_INVALID");
		expect(error.message).toMatch(message);
	});
});

describe("applyNames", () => {
	it("replaces what was given and keeps the rest", () => {
		const segments = [
			{ id: 0, name: "segment-0", color: PALETTE[0], pixels: 5 },
			{ id: 1, name: "segment-1", color: PALETTE[1], pixels: 6 },
		];
		const names = parseNames("id,name,color\n1,sky,\n0,,#010203\n9,moon,#ffffff\n");
		expect(applyNames(segments, names)).toEqual([
			{ id: 0, name: "segment-0", color: [1, 2, 3], pixels: 5 },
			{ id: 1, name: "sky", color: PALETTE[1], pixels: 6 },
		]);
		expect(namedPalette(3, names)).toEqual([[1, 2, 3], PALETTE[1], PALETTE[2]]);
	});

	it("gives a segment whose colour was given away one that went free", () => {
		const names = parseNames(`id,color\n0,${colorToHex(PALETTE[1])}\n5,${colorToHex(PALETTE[0])}\n`);
		expect(namedPalette(6, names).map((color) => PALETTE.indexOf(color))).toEqual([-1, 5, 2, 3, 4, -1]);
	});

	it("keeps the colours of all ids apart, whichever were given to whom", () => {
		const ids = fc.uniqueArray(fc.nat(299), { maxLength: 40 });
		fc.assert(
			fc.property(ids, ids, (named, given) => {
				const pairs = named
					.slice(0, given.length)
					.map((id, index) => [id, { color: segmentColor(given[index]) }] as const);
				const palette = namedPalette(300, new Map(pairs));
				expect(new Set(palette.map(colorToHex)).size).toBe(300);
				for (const [id, { color }] of pairs) {
					expect(palette[id]).toEqual(color);
				}
			}),
		);
	});

	it("ends where colours given before lead in a circle", () => {
		const segments = [{ id: 7, name: "a", color: PALETTE[1] }];
		const names = new Map([
			[0, { color: PALETTE[1] }],
			[1, { color: PALETTE[0] }],
		]);
		expect(applyNames(segments, names)).toHaveLength(1);
	});
});
