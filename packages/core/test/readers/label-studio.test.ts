import { createLabelStudioWriter } from "@dinoseg/core/labels";
import { describe, it } from "vitest";
import { expectRoundTrip } from "../../../../fixtures/readers/round-trip.ts";
import { pythonHas } from "../../../../fixtures/readers/run-python.ts";

describe.skipIf(!pythonHas("numpy"))("Label Studio's tasks (skipped unless Python has NumPy)", () => {
	it("keep every pixel", { timeout: 600_000 }, async () => {
		await expectRoundTrip({ script: "label_studio.py", writer: createLabelStudioWriter });
	});
});
