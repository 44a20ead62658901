import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCocoWriter, labelRegions } from "@dinoseg/core/labels";
import { loadKernels } from "@dinoseg/kernels";
import { describe, expect, it } from "vitest";
import { HOSTILE_TEXTS } from "../../../../fixtures/hostile-names.ts";
import { writeDataSet } from "../../../../fixtures/join-pieces.ts";
import { exportImageOf, LABEL_MAP_COUNT, makeLabelMap } from "../../../../fixtures/label-maps.ts";
import { pythonHas, runPython } from "../../../../fixtures/readers/run-python.ts";

interface ReadAnnotation {
	readonly category: string;
	/** Area and box. */
	readonly written: readonly [number, readonly number[]];
	readonly measured: readonly [number, readonly number[]];
}

interface ReadImage {
	readonly labels: readonly number[];
	readonly objects: readonly number[];
	readonly covered: number;
	readonly annotations: readonly ReadAnnotation[];
}

const nameOf = (id: number) => (id < HOSTILE_TEXTS.length ? HOSTILE_TEXTS[id] : `segment-${id}`);

describe.skipIf(!pythonHas("pycocotools", "numpy"))("pycocotools", () => {
	it(`gives back ${LABEL_MAP_COUNT} label maps and measures what we measured`, async () => {
		const kernels = await loadKernels();
		const images = Array.from({ length: LABEL_MAP_COUNT }, (_, index) => {
			const image = exportImageOf(makeLabelMap(index), `${index}, "${HOSTILE_TEXTS[index % HOSTILE_TEXTS.length]}.jpg`);
			return { ...image, segments: image.segments.map((segment) => ({ ...segment, name: nameOf(segment.id) })) };
		});
		const folder = mkdtempSync(join(tmpdir(), "dinoseg-coco-"));
		try {
			const paths = [false, true].map((splitRegions) => {
				const path = join(folder, `${splitRegions}.json`);
				const files = writeDataSet(createCocoWriter({ kernels, splitRegions }), images);
				writeFileSync(path, files.get("instances.json") as Uint8Array);
				return path;
			});
			const [whole, split]: Record<string, ReadImage>[] = JSON.parse(runPython("coco.py", paths));
			expect(Object.keys(whole)).toEqual(images.map(({ file }) => file));
			for (const { file, labels, segments } of images) {
				for (const { labels: read, covered, annotations } of [whole[file], split[file]]) {
					expect(read).toEqual([...labels.data]);
					expect(covered).toBe(labels.data.length);
					expect(annotations.map(({ written }) => written)).toEqual(annotations.map(({ measured }) => measured));
				}
				expect(whole[file].annotations.map(({ category }) => category)).toEqual(segments.map(({ name }) => name));
				expect(split[file].objects).toEqual([...labelRegions(kernels, labels).data]);
			}
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});
