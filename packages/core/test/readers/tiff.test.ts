import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeLabelTiff } from "@dinoseg/core/labels";
import { loadKernels } from "@dinoseg/kernels";
import { describe, expect, it } from "vitest";
import { firstDifference } from "../../../../fixtures/first-difference.ts";
import { exportImageOf, LABEL_MAP_COUNT, makeLabelMap } from "../../../../fixtures/label-maps.ts";
import { pythonHas, runPython } from "../../../../fixtures/readers/run-python.ts";

describe.skipIf(!pythonHas("tifffile", "PIL", "osgeo"))(
	"TIFF (skipped unless Python has tifffile, Pillow, GDAL)",
	() => {
		it("keeps every pixel", { timeout: 600_000 }, async () => {
			const kernels = await loadKernels();
			const folder = await mkdtemp(join(tmpdir(), "dinoseg-tiff-"));
			try {
				const maps = new Map(
					Array.from({ length: LABEL_MAP_COUNT }, (_, index) => [`${index}.tif`, makeLabelMap(index)]),
				);
				for (const [file, labels] of maps) {
					await writeFile(join(folder, file), encodeLabelTiff(kernels, exportImageOf(labels)));
				}
				const read: Record<string, number[][]> = JSON.parse(runPython("tiff.py", [folder]));
				expect(Object.keys(read).sort()).toEqual([...maps.keys()].sort());
				for (const [file, { data, width, height }] of maps) {
					expect([read[file].length, read[file][0].length], file).toEqual([height, width]);
					const ids = read[file].flat().map((value) => value - 1);
					expect(firstDifference(ids, data), file).toBe(-1);
				}
			} finally {
				await rm(folder, { recursive: true });
			}
		});
	},
);
