import { describe, expect, it } from "vitest";
import { OUTPUTS } from "./outputs.ts";

describe.each(OUTPUTS)("$title", ({ key, options, make }) => {
	it("is of no picture in particular: a zip has it of several", () => {
		const output = make(options.includes("polygons") ? { polygons: true } : {}, []);
		expect(output).toEqual(
			"export" in output
				? { export: key, options: options.includes("polygons") ? { polygons: true } : {} }
				: key === "cutout"
					? { cutout: {} }
					: { file: key },
		);
	});
});
