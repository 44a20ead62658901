import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findDuplicateKey } from "./json-duplicates.ts";

describe("findDuplicateKey", () => {
	it.each([
		['{"a":1,"a":2}', "a"],
		['{"a":1,"\\u0061" : 2}', "a"],
		['{"a":[{"b":1,"c":{},"b":2}]}', "b"],
		['{"x":{"a":1},"a":{"x":1},"x":2}', "x"],
		['{"__proto__":1,"__proto__":2}', "__proto__"],
		['{"\\"":1,"\\\\":2,"\\"":3}', '"'],
	])("finds the repeated key of %s", (text, key) => {
		expect(findDuplicateKey(text)).toBe(key);
	});

	it.each(['{"a":{"a":["a","a"]},"b":"a"}', '["a","a"]', "{}", "1", '{"a":"\\",\\"a\\":"}', '[{"a":1},{"a":1}]'])(
		"finds none in %s",
		(text) => {
			expect(findDuplicateKey(text)).toBeUndefined();
		},
	);

	it("finds none in what JSON.stringify wrote, indented or not", () => {
		fc.assert(
			fc.property(fc.jsonValue(), fc.nat(2), (value, indent) => {
				expect(findDuplicateKey(JSON.stringify(value, null, indent))).toBeUndefined();
			}),
		);
	});
});
