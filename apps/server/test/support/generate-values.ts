import fc from "fast-check";
import type { ApiDescription, JsonSchema } from "./api-description.ts";

/** Options that one request gives. */
export const FEW = 3;

/** Values that a schema allows. */
export function valuesOf(description: Pick<ApiDescription, "resolve">, given: JsonSchema): fc.Arbitrary<unknown> {
	const schema = description.resolve(given);
	const of = (inner: JsonSchema): fc.Arbitrary<unknown> => valuesOf(description, inner);
	if (schema.anyOf !== undefined) {
		return fc.oneof(...schema.anyOf.map(of));
	}
	if (schema.enum !== undefined) {
		return fc.constantFrom(...schema.enum);
	}
	const { minimum: min = Number.MIN_SAFE_INTEGER, maximum: max = Number.MAX_SAFE_INTEGER } = schema;
	switch (schema.type) {
		case "integer":
			return fc.oneof(fc.integer({ min, max: Math.min(max, min + 8) }), fc.integer({ min, max }));
		case "number":
			return fc.double({ min, max, noNaN: true });
		case "boolean":
			return fc.boolean();
		case "string":
			return schema.pattern === undefined
				? fc.string({ maxLength: schema.maxLength ?? 40 })
				: fc.stringMatching(new RegExp(schema.pattern));
		case "object": {
			const { properties = {}, required = [] } = schema;
			const others = Object.keys(properties).filter((key) => !required.includes(key));
			// Few at a time: what contradicts another one would hide the others.
			return fc
				.subarray(others, { maxLength: Math.min(FEW, others.length) })
				.chain((few) => fc.record(Object.fromEntries([...required, ...few].map((key) => [key, of(properties[key])]))));
		}
		default:
			throw new Error(`No values are made for ${JSON.stringify(schema)}.`);
	}
}

/** Texts that somebody sends who is mistaken, or bad. */
export const strangeTexts: fc.Arbitrary<string> = fc.oneof(
	fc.constantFrom(
		"",
		" ",
		"0",
		"-1",
		"1e999",
		"NaN",
		"null",
		"true",
		"*",
		"..",
		"../../etc/passwd",
		"/etc/passwd",
		"\u0000",
		"\r\nx: y",
		"__proto__",
		"constructor",
		"toString",
		"\u202e\ufeff",
		"9".repeat(400),
		"x".repeat(5000),
	),
	fc.string({ unit: "binary", maxLength: 30 }),
);

/** JSON that somebody sends who is mistaken, or bad. */
export const strangeValues: fc.Arbitrary<unknown> = fc.oneof(
	strangeTexts,
	fc.jsonValue({ maxDepth: 3 }),
	fc.constantFrom(null, [], {}, -1, 1e308, 2 ** 53, 0.5),
);

/** JSON with keys that objects have of their own, and with more levels than a stack has room for. */
export const STRANGE_JSON = [
	'{"__proto__":{"clusters":3}}',
	'{"constructor":{"prototype":{}}}',
	'{"toString":1}',
	`{"clusters":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
];

/** A text as a part of an address. Halves of a surrogate pair, which no encoding has, are replaced. */
export function encodeText(text: string): string {
	return encodeURIComponent(Buffer.from(text).toString());
}

/** Parts of an address as they are sent, not as they are meant. */
export const strangeEncodings: fc.Arbitrary<string> = fc.oneof(
	fc.constantFrom("%", "%zz", "%00", "%FF", "%ED%A0%80", "%2e%2e%2f", "%2F", "%25", "+", "a%20b"),
	strangeTexts.map(encodeText),
);

/** Values of headers: what Node lets through. */
export const strangeHeaders: fc.Arbitrary<string> = fc.oneof(
	fc.constantFrom("", "*", "*/*", '"', 'W/"x"', '"a", "b"', ";;;,/", "-5", "1e9", "0x2", "image/*;q=0", "text/html"),
	fc.string({ unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)), maxLength: 40 }),
);
