import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeValue } from "./describe-value.ts";

describe("describeValue", () => {
	it.each([
		[7, "7"],
		[undefined, "undefined"],
		[[1, null, "a"], '[1,null,"a"]'],
		[{ a: { b: true } }, '{"a":{"b":true}}'],
	])("writes %j as JSON", (value, text) => {
		expect(describeValue(value)).toBe(text);
	});

	it("cuts what is long and says how long a text is", () => {
		expect(describeValue("x".repeat(500))).toBe(`"${"x".repeat(119)}… (500 characters)`);
		expect(describeValue(new Array(10_000).fill(1))).toBe(`[${"1,".repeat(59)}1…`);
	});

	it("cuts what is nested too deep to be written at all", () => {
		const depth = 100_000;
		const value: unknown = JSON.parse("[".repeat(depth) + "]".repeat(depth));
		expect(describeValue(value)).toBe('[[[[[[[["…"]]]]]]]]');
	});

	it("is short for any value", () => {
		fc.assert(
			fc.property(fc.jsonValue(), (value) => {
				expect(describeValue(value).length).toBeLessThan(160);
			}),
		);
	});
});
