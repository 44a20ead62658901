import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pythonHas, runPython } from "../../../../fixtures/readers/run-python.ts";
import { decodeImage } from "../../dist/image/decode.js";
import { useTemporaryFolder } from "../support/temporary-folder.ts";

interface Told {
	readonly name: string;
	readonly placed: boolean;
	readonly transform: readonly number[];
	readonly crs: string | null;
}

const folder = useTemporaryFolder();

describe.skipIf(!pythonHas("osgeo"))("GDAL", () => {
	it("says of each of its GeoTIFFs that the pixels lie where we say", async () => {
		const told = JSON.parse(runPython("georeference.py", [folder.path])) as readonly Told[];
		expect(told.length).toBeGreaterThan(150);
		for (const { name, placed, transform, crs } of told) {
			const bytes = await readFile(join(folder.path, name));
			const { georeference, warnings } = await decodeImage(bytes, { name, maxPixels: 1000, stretch: "none" });
			expect(warnings, name).toEqual([]);
			expect(georeference, name).toEqual(placed ? { transform: expect.anything(), crs } : undefined);
			for (const [i, coefficient] of (georeference?.transform ?? []).entries()) {
				const largest = Math.max(1e-7, Math.abs(transform[i]));
				expect(Math.abs(coefficient - transform[i]) / largest, `${name}, coefficient ${i}`).toBeLessThan(1e-14);
			}
		}
	});
});
