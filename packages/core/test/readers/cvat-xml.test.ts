import { createCvatXmlWriter } from "@dinoseg/core/labels";
import { describe, it } from "vitest";
import { expectRoundTrip } from "../../../../fixtures/readers/round-trip.ts";
import { pythonHas } from "../../../../fixtures/readers/run-python.ts";

describe.skipIf(!pythonHas("numpy"))("CVAT for images (skipped unless Python has NumPy)", () => {
	it("keeps every pixel", { timeout: 600_000 }, async () => {
		await expectRoundTrip({ script: "cvat_xml.py", writer: createCvatXmlWriter });
	});
});
