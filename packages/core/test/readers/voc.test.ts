import { createVocWriter } from "@dinoseg/core/labels";
import { describe, it } from "vitest";
import { expectRoundTrip } from "../../../../fixtures/readers/round-trip.ts";
import { pythonHas } from "../../../../fixtures/readers/run-python.ts";

describe.skipIf(!pythonHas("numpy", "PIL"))("Pascal VOC folders (skipped unless Python has Pillow)", () => {
	it.each(["voc", "segments"] as const)("keep every pixel (palette: %s)", { timeout: 600_000 }, async (palette) => {
		await expectRoundTrip({
			script: "voc.py",
			writer: (options) => createVocWriter({ ...options, palette }),
			maxMasks: { segments: 254, regions: 254 },
		});
	});
});
