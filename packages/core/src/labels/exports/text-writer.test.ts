import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../../fixtures/errors.ts";
import { noCheck } from "../../abort.ts";
import { createTextWriter } from "./text-writer.ts";

describe("createTextWriter", () => {
	it("joins what was written", () => {
		fc.assert(
			fc.property(fc.array(fc.string({ maxLength: 30 }), { maxLength: 20 }), (parts) => {
				const writer = createTextWriter("a.jpg", "text");
				for (const part of parts) {
					writer.write(part);
				}
				expect(writer.finish()).toBe(parts.join(""));
			}),
		);
	});

	it("joins what is longer than a chunk", () => {
		const writer = createTextWriter("a.jpg", "text");
		const part = "0123456789é😀".repeat(5000);
		writer.write(part);
		writer.write(part);
		expect(writer.finish()).toBe(part + part);
	});

	it("refuses what no string can hold, and says what to change", () => {
		const writer = createTextWriter("sub/a.jpg", "GeoJSON", noCheck, 10_000);
		const error = errorOf(() => writer.write("x".repeat(30_000)));
		expect(error.code).toBe("EXPORT_UNSUPPORTED");
		expect(error.message).toContain("a larger minArea");
		expect(error.message).toContain("sub/a.jpg: ");
	});
});
