import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCsvWriter } from "@dinoseg/core/labels";
import { loadKernels } from "@dinoseg/kernels";
import { describe, expect, it } from "vitest";
import { HOSTILE_TEXTS } from "../../../../fixtures/hostile-names.ts";
import { textOf, writeDataSet } from "../../../../fixtures/join-pieces.ts";
import { exportImageOf, LABEL_MAP_COUNT, makeLabelMap } from "../../../../fixtures/label-maps.ts";
import { pythonHas, runPython } from "../../../../fixtures/readers/run-python.ts";

interface Read {
	readonly rows: readonly Readonly<Record<string, string>>[];
	readonly measured: readonly Readonly<Record<string, number>>[];
	readonly segments: Readonly<Record<string, readonly number[]>>;
}

describe.skipIf(!pythonHas("numpy"))("Python's csv module and NumPy", () => {
	it(`give back the rows of ${LABEL_MAP_COUNT} label maps and measure what we measured`, async () => {
		const kernels = await loadKernels();
		const images = Array.from({ length: LABEL_MAP_COUNT }, (_, index) => {
			const name = HOSTILE_TEXTS[index % HOSTILE_TEXTS.length];
			const image = exportImageOf(makeLabelMap(index), `${index}${name}`);
			return { ...image, segments: image.segments.map((segment) => ({ ...segment, name: name + segment.id })) };
		});
		const maps = images.map(({ file, labels: { data, width, height } }) => {
			return [file, Array.from({ length: height }, (_, y) => [...data.subarray(y * width, (y + 1) * width)])];
		});
		const folder = mkdtempSync(join(tmpdir(), "dinoseg-csv-"));
		try {
			const [table, truth] = [join(folder, "segments.csv"), join(folder, "maps.json")];
			writeFileSync(table, textOf(writeDataSet(createCsvWriter({ kernels }), images), "segments.csv"));
			writeFileSync(truth, JSON.stringify(Object.fromEntries(maps)));
			const { rows, measured, segments }: Read = JSON.parse(runPython("segments-csv.py", [table, truth]));
			expect(rows.map(({ image, id, name }) => [image, Number(id), name])).toEqual(
				images.flatMap(({ file, segments: written }) => written.map(({ id, name }) => [file, id, name])),
			);
			expect(rows.map(({ id }) => Number(id))).toEqual(images.flatMap(({ file }) => segments[file]));
			for (const [index, statistics] of measured.entries()) {
				for (const [column, value] of Object.entries(statistics)) {
					expect(Number(rows[index][column]), `row ${index}, ${column}`).toBeCloseTo(value, 12);
				}
			}
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});
