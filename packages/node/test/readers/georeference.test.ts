import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeLabelTiff } from "@dinoseg/core/labels";
import { loadKernels } from "@dinoseg/kernels";
import { describe, expect, it } from "vitest";
import { exportImageOf } from "../../../../fixtures/label-maps.ts";
import { pythonHas, runPython } from "../../../../fixtures/readers/run-python.ts";
import { decodeImage } from "../../dist/image/decode.js";
import { useTemporaryFolder } from "../support/temporary-folder.ts";

interface Told {
	readonly name: string;
	readonly placed: boolean;
	readonly transform: readonly number[];
	readonly crs: string | null;
}

interface Compared {
	readonly name: string;
	readonly transform: readonly number[] | null;
	readonly expected: readonly number[] | null;
	readonly same: boolean;
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
			expect(georeference?.crs, name).toEqual(placed ? crs : undefined);
			for (const [i, coefficient] of (georeference?.transform ?? []).entries()) {
				const largest = Math.max(1e-7, Math.abs(transform[i]));
				expect(Math.abs(coefficient - transform[i]) / largest, `${name}, coefficient ${i}`).toBeLessThan(1e-14);
			}
		}
	});

	it("finds the label TIFFs of them in the same place of the same reference system", async () => {
		const names = (JSON.parse(runPython("georeference.py", [folder.path])) as readonly Told[]).map(({ name }) => name);
		const labelled = join(folder.path, "labels");
		await mkdir(labelled);
		const kernels = await loadKernels();
		for (const name of names) {
			const decoded = await decodeImage(await readFile(join(folder.path, name)), { name, maxPixels: 1000 });
			const { width, height } = decoded.image;
			const labels = { data: new Uint8Array(width * height), width, height, count: 1 };
			const image = { ...exportImageOf(labels), georeference: decoded.georeference };
			await writeFile(join(labelled, name), encodeLabelTiff(kernels, image));
		}
		const told = JSON.parse(runPython("geotiff_labels.py", [folder.path, labelled])) as readonly Compared[];
		expect(told.map(({ name }) => name)).toEqual([...names].sort());
		for (const { name, transform, expected, same } of told) {
			expect(transform === null, name).toBe(expected === null);
			// What lies nowhere has no use for a reference system.
			expect(same || expected === null, name).toBe(true);
			for (const [i, coefficient] of (transform ?? []).entries()) {
				const largest = Math.max(1e-7, Math.abs((expected as number[])[i]));
				expect(Math.abs(coefficient - (expected as number[])[i]) / largest, `${name}, ${i}`).toBeLessThan(1e-14);
			}
		}
	});
});
