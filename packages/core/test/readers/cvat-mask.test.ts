import { createCvatMaskWriter, type ExportPiece, zipPieces } from "@dinoseg/core/labels";
import { describe, it } from "vitest";
import { expectRoundTrip } from "../../../../fixtures/readers/round-trip.ts";
import { pythonHas } from "../../../../fixtures/readers/run-python.ts";

async function pack(files: Map<string, Uint8Array>): Promise<Map<string, Uint8Array>> {
	const pieces = [...files].map(([file, data]): ExportPiece => ({ file, data }));
	const archive = await new Response(zipPieces(pieces)).arrayBuffer();
	return new Map([["archive.zip", new Uint8Array(archive)]]);
}

describe.skipIf(!pythonHas("numpy", "PIL"))("CVAT's segmentation masks (skipped unless Python has Pillow)", () => {
	it("keep every pixel, in a zip", { timeout: 600_000 }, async () => {
		await expectRoundTrip({
			script: "voc.py",
			writer: createCvatMaskWriter,
			maxMasks: { segments: 65536, regions: 255 },
			pack,
		});
	});
});
