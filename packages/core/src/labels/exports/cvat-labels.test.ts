import { describe, expect, it } from "vitest";
import { HOSTILE_NAMES, imageOfNames } from "../../../../../fixtures/hostile-names.ts";
import { writeDataSet } from "../../../../../fixtures/join-pieces.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { exportImageOf } from "../../../../../fixtures/label-maps.ts";
import { colorToHex } from "../palette.ts";
import { cvatLabels } from "./cvat-labels.ts";
import { createCvatMaskWriter } from "./cvat-mask.ts";
import { createCvatXmlWriter } from "./cvat-xml.ts";

describe("cvatLabels", () => {
	it("looks like this", () => {
		expect(cvatLabels(imageOfNames(["sky", 'a "b"']).segments)).toBe(`[
{"name":"sky","color":"#e69f00","type":"mask","attributes":[]},
{"name":"a \\"b\\"","color":"#56b4e9","type":"mask","attributes":[]}
]
`);
	});

	it("keeps any name", () => {
		const { segments } = imageOfNames(HOSTILE_NAMES);
		const labels = JSON.parse(cvatLabels(segments));
		expect(labels).toMatchObject(segments.map(({ name, color }) => ({ name, color: colorToHex(color) })));
	});

	it.each([
		["Segmentation mask", createCvatMaskWriter],
		["CVAT for images", createCvatXmlWriter],
	])("has the labels of all images of a data set: %s", (_, create) => {
		const writer = create({ kernels });
		const rows = [
			[3, 0],
			[1, 1],
		].map((ids) => ({ data: Uint8Array.from(ids), width: 2, height: 1, count: 4 }));
		writeDataSet(
			writer,
			rows.map((labels, index) => exportImageOf(labels, `${index}.jpg`)),
		);
		const labels = JSON.parse(writer.beside?.() ?? "");
		expect(labels.map(({ name }: { name: string }) => name)).toEqual(["segment-0", "segment-1", "segment-3"]);
	});
});
