import { decodeLabelPng, EXPORT_FORMATS, parseSegments, segmentColor } from "@dinoseg/core/labels";
import { EXPORT_FORMAT_NAMES } from "@dinoseg/core/labels/formats";
import { renderOutputs } from "@dinoseg/core/result";
import { encodePng } from "@dinoseg/web/png";
import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import { openedPicture, PORTS, settingsOf, tokensOf } from "../../../../../fixtures/analysed-pictures.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { createAnalysis } from "../analysis/create-analysis.ts";
import { type EditedPicture, exportPicture } from "./export-picture.ts";

const picture = openedPicture("fields with noise");
const analysis = createAnalysis(kernels, { ...picture, path: "a.png" }, PORTS);
const result = await analysis.segment(tokensOf(picture), settingsOf({ segments: "regions", clusters: 5 }));
const untouched: EditedPicture = {
	result,
	labels: { ...result.labels, data: result.labels.data.slice() },
	segments: result.segments.map(({ id }) => ({ id, name: `segment-${id}`, color: segmentColor(id) })),
};

/** All of segment 1 goes to 0, which has a name of its own then, and a corner to a new one. */
const edited: EditedPicture = {
	result,
	labels: {
		...result.labels,
		count: 6,
		data: result.labels.data.map((id, at) => (at % 64 < 4 && at < 256 ? 5 : id === 1 ? 0 : id)),
	},
	segments: [0, 2, 3, 4, 5].map((id) => ({ id, name: id === 0 ? "sky" : `segment-${id}`, color: [id, 200, 7] })),
};

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe("exportPicture", () => {
	it("gives the bytes of the result where nothing was edited", async () => {
		for (const file of ["labels.png", "segments.json", "overlay.png", "confidence.png", "borders.png", "figure.png"]) {
			const own = await exportPicture(untouched, { file }, { kernels });
			const [expected] = await renderOutputs(result, [{ file }], { encodePng, kernels });
			expect(own, file).toEqual(expected);
		}
	});

	it("writes what was edited, and says so", async () => {
		const document = parseSegments(textOf((await exportPicture(edited, { file: "segments.json" }, { kernels })).bytes));
		expect(document).toMatchObject({ edited: true, k: { requested: 5, used: 5 }, options: { segments: "regions" } });
		expect(document.segments.map(({ id, name }) => `${id} ${name}`)).toEqual([
			"0 sky",
			"2 segment-2",
			"3 segment-3",
			"4 segment-4",
			"5 segment-5",
		]);
		expect(document.segments.map(({ color }) => color)[4]).toBe("#05c807");
		expect(document.segments.reduce((sum, { pixels }) => sum + pixels, 0)).toBe(64 * 48);
		const labels = decodeLabelPng((await exportPicture(edited, { file: "labels.png" }, { kernels })).bytes);
		expect([...labels.data]).toEqual([...edited.labels.data]);
	});

	it("takes a name for no edit", async () => {
		const named = {
			...untouched,
			segments: untouched.segments.map((segment) => ({ ...segment, name: `n${segment.id}` })),
		};
		const { bytes } = await exportPicture(named, { file: "segments.json" }, { kernels });
		expect(parseSegments(textOf(bytes))).not.toHaveProperty("edited");
		expect(parseSegments(textOf(bytes)).segments[0].name).toBe("n0");
	});

	it.each(EXPORT_FORMAT_NAMES)("writes the edited picture for other tools: %s", async (name) => {
		const { bytes, fileName } = await exportPicture(edited, { export: name }, { kernels });
		expect(bytes.length).toBeGreaterThan(0);
		expect(fileName.startsWith(EXPORT_FORMATS[name].fileName)).toBe(true);
	});

	it("cuts out what was picked by its new name", async () => {
		const { bytes } = await exportPicture(edited, { cutout: { pick: ["sky", "5"] } }, { kernels });
		const cutout = decode(bytes);
		expect(cutout.channels).toBe(4);
	});

	it("tells two segments of one name, where a format has no place for them", async () => {
		const twice = { ...edited, segments: edited.segments.map((segment) => ({ ...segment, name: "same" })) };
		await expect(exportPicture(twice, { export: "coco" }, { kernels })).rejects.toMatchObject({
			code: "INPUT_CONFLICT",
		});
		expect((await exportPicture(twice, { file: "overlay.png" }, { kernels })).bytes.length).toBeGreaterThan(0);
	});

	it("keeps count of pixels without data", async () => {
		const valid = Uint8Array.from({ length: 64 * 48 }, (_, at) => Number(at % 64 > 9));
		const partly = await createAnalysis(kernels, { ...picture, valid }, PORTS).segment(
			tokensOf(picture),
			settingsOf({ segments: "regions", clusters: 3 }),
		);
		const { background = 0 } = partly.labels;
		const data = partly.labels.data.map((id, at) => (at === 0 ? 0 : id));
		const segments = partly.segments.map(({ id }) => ({ id, name: `segment-${id}`, color: segmentColor(id) }));
		const now = { result: partly, labels: { ...partly.labels, data }, segments };
		const { bytes } = await exportPicture(now, { file: "segments.json" }, { kernels });
		expect(parseSegments(textOf(bytes)).input.noData).toEqual({ id: background, pixels: 479 });
	});
});
