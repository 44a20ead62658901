import { encodeLabelPng, type LabelMap, segmentColor } from "@dinoseg/core/labels";
import fc from "fast-check";
import { encode } from "fast-png";
import { describe, expect, it } from "vitest";
import { openedPicture, PORTS, settingsOf, tokensOf } from "../../../../../../fixtures/analysed-pictures.ts";
import { errorOf } from "../../../../../../fixtures/errors.ts";
import { kernels } from "../../../../../../fixtures/kernels.ts";
import { createAnalysis } from "../../analysis/create-analysis.ts";
import { exportPicture } from "../export-picture.ts";
import { openResult } from "./open-result.ts";

const picture = openedPicture("fields with noise");
const valid = Uint8Array.from({ length: 64 * 48 }, (_, at) => Number(at % 64 > 9));
const settings = settingsOf({ clusters: 4, seed: 3 });

async function written(hasData: boolean) {
	const opened = { ...picture, path: "in/a.png", ...(hasData ? {} : { valid }) };
	const result = await createAnalysis(kernels, opened, PORTS).segment(tokensOf(picture), settings);
	const segments = result.segments.map(({ id }) => ({ id, name: `part ${id}`, color: [9, id, 60] as const }));
	const { labels } = result;
	const file = async (what: Parameters<typeof exportPicture>[1]) => {
		const { bytes, fileName } = await exportPicture({ result, labels, segments }, what, { kernels });
		return { name: fileName, bytes };
	};
	return { labels, segments, file };
}

const json = (value: unknown, name = "coco.json") => ({ name, bytes: new TextEncoder().encode(JSON.stringify(value)) });

const plain = ({ data, background, width, height }: LabelMap) => ({ data: [...data], background, width, height });

describe("openResult", () => {
	it.each([true, false])(
		"opens what was exported, either file alone or both; all pixels have data: %s",
		async (hasData) => {
			const { labels, segments, file } = await written(hasData);
			const [png, manifest] = [await file({ file: "labels.png" }), await file({ file: "segments.json" })];
			for (const files of [[png, manifest], [manifest, png], [manifest]]) {
				const opened = openResult(files);
				expect(plain(opened.labels)).toEqual(plain(labels));
				expect(opened).toMatchObject({ segments, settings, imageName: "a.png", sha256: picture.sha256 });
			}
			const alone = openResult([png]);
			expect(plain(alone.labels)).toEqual(plain(labels));
			expect(alone.segments).toEqual(segments.map((segment) => ({ ...segment, name: `segment-${segment.id}` })));
			expect(alone.settings).toBeUndefined();
		},
	);

	it.each([{}, { splitRegions: true }, { polygons: true }])("opens COCO that was exported: %j", async (options) => {
		const { labels, segments, file } = await written(false);
		const opened = openResult([await file({ export: "coco", options })], { imageName: "a.png" });
		expect(opened.segments).toEqual(segments);
		const { background } = opened.labels;
		// Polygons fill holes, over what was painted before.
		if (!("polygons" in options)) {
			const ids = Array.from(opened.labels.data, (id) => (id === background ? labels.background : id));
			expect(ids).toEqual([...labels.data]);
		}
	});

	it("moves the black of a palette behind all segments", () => {
		const own = encodeLabelPng({ data: Uint8Array.of(0, 2, 1), width: 3, height: 1, count: 3 }, [
			[0, 0, 0],
			[7, 8, 9],
			[1, 1, 1],
		]);
		const opened = openResult([{ name: "voc.png", bytes: own }]);
		expect(plain(opened.labels)).toEqual({ data: [3, 2, 1], background: 3, width: 3, height: 1 });
		expect(opened.segments.map(({ id, color }) => [id, color])).toEqual([
			[1, [7, 8, 9]],
			[2, [1, 1, 1]],
		]);
	});

	it("gives default colours to a grey label map", () => {
		const bytes = encode({ width: 2, height: 1, data: Uint8Array.of(0, 7), channels: 1, depth: 8 });
		const { segments } = openResult([{ name: "a.png", bytes }]);
		expect(segments).toEqual([0, 7].map((id) => ({ id, name: `segment-${id}`, color: segmentColor(id) })));
	});
});

const IMAGES = [
	{ id: 4, file_name: "x/a.jpg", width: 4, height: 3 },
	{ id: 9, file_name: "b.jpg", width: 2, height: 2 },
];
const CATEGORIES = [
	{ id: 3, name: "tree", color: [1, 2, 3] },
	{ id: 8, name: "car" },
];

describe("COCO", () => {
	const annotations = [
		{ id: 1, image_id: 4, category_id: 3, segmentation: [[0, 0, 4, 0, 4, 2, 0, 2]] },
		{ id: 2, image_id: 4, category_id: 8, segmentation: { size: [3, 4], counts: [4, 2, 6] } },
		{ id: 3, image_id: 9, category_id: 8, segmentation: { size: [2, 2], counts: [0, 4] } },
	];
	const file = json({ images: IMAGES, annotations, categories: CATEGORIES });

	it("takes the image that is asked for, later annotations over earlier ones", () => {
		const { labels, segments, imageName } = openResult([file], { imageName: "some/a.jpg" });
		// Runs go down the columns: two pixels from the second row of the second column on.
		expect(plain(labels)).toEqual({ data: [2, 2, 2, 2, 2, 7, 2, 2, 8, 7, 8, 8], background: 8, width: 4, height: 3 });
		expect(segments).toEqual([
			{ id: 2, name: "tree", color: [1, 2, 3] },
			{ id: 7, name: "car", color: segmentColor(7) },
		]);
		expect(imageName).toBe("a.jpg");
		const other = openResult([file], { imageName: "b.jpg" });
		expect(plain(other.labels)).toEqual({ data: [7, 7, 7, 7], background: undefined, width: 2, height: 2 });
	});

	it("takes the only image whatever it is called, and names of its own where categories say nothing", () => {
		const value = { images: [IMAGES[0]], annotations: [{ ...annotations[0], category_id: 0 }] };
		const { segments } = openResult([json(value)], { imageName: "other.png" });
		expect(segments).toEqual([{ id: 0, name: "segment-0", color: segmentColor(0) }]);
	});

	it("says which images there are", () => {
		expect(errorOf(() => openResult([file]))).toMatchObject({
			code: "INPUT_AMBIGUOUS",
			message: expect.stringContaining('"a.jpg", "b.jpg"'),
		});
		expect(errorOf(() => openResult([file], { imageName: "c.jpg" }))).toMatchObject({
			code: "INPUT_NOT_FOUND",
			message: expect.stringContaining('no image "c.jpg"'),
		});
	});

	const wrong = (change: object) => json({ images: [IMAGES[0]], annotations: [{ ...annotations[0], ...change }] });

	it.each([
		["annotations[0].category_id must be", wrong({ category_id: "x" })],
		["annotations[0].segmentation must hold", wrong({ segmentation: [[1, 2, 3]] })],
		["annotations[0].segmentation must hold", wrong({ segmentation: [[1, 2, 3, 4, null, 6]] })],
		["annotations[0].segmentation must be an object, got nothing", wrong({ segmentation: undefined })],
		["annotations[0].segmentation.size must be", wrong({ segmentation: { size: [3], counts: [12] } })],
		["annotations[0].segmentation.counts must be", wrong({ segmentation: { size: [3, 4], counts: [1.5] } })],
		["the mask of annotation 1 must have 3 rows", wrong({ segmentation: { size: [4, 3], counts: [12] } })],
		["annotation 1: decodeRle", wrong({ segmentation: { size: [3, 4], counts: [3, 4] } })],
		["annotation 1: decodeRle", wrong({ segmentation: { size: [3, 4], counts: "!!" } })],
		["no annotation of a.jpg has a pixel", wrong({ segmentation: [] })],
		["images[0].width must be", json({ images: [{ ...IMAGES[0], width: 0 }], annotations })],
		["images[0].id must be", json({ images: [{ ...IMAGES[0], id: null }], annotations })],
		["images must be a list", json({ images: 3, annotations })],
		["has no images", json({ images: [], annotations })],
		["annotations must be a list", json({ images: IMAGES.slice(1), annotations: {} })],
		["categories[0] must be an object", json({ images: IMAGES.slice(1), annotations, categories: [[]] })],
		[
			"too long to be filled",
			json({
				images: [{ ...IMAGES[0], width: 1, height: 2 ** 22 }],
				annotations: [
					{ ...annotations[0], segmentation: [Array.from({ length: 200 }, (_, at) => (at % 4 === 1 ? 2 ** 22 : 0))] },
				],
			}),
		],
	])("names what is wrong: %s", (message, given) => {
		const error = errorOf(() => openResult([given]));
		expect(error.code).toBe("RESULT_INVALID");
		expect(error.message.startsWith("coco.json: ")).toBe(true);
		expect(error.message).toContain(message);
	});

	it("refuses what is too large before it takes memory", () => {
		const large = json({ images: [{ ...IMAGES[0], width: 2 ** 24, height: 2 ** 24 }], annotations });
		expect(errorOf(() => openResult([large]))).toMatchObject({ code: "IMAGE_TOO_LARGE" });
	});
});

describe("files that are none of a result", () => {
	it.each([
		["INPUT_EMPTY", []],
		["INPUT_AMBIGUOUS", [json({}), json({}, "b.json")]],
		["RESULT_INVALID", [json({ some: 1 })]],
		["RESULT_INVALID", [json(null)]],
		["RESULT_INVALID", [json({ schema: "dinoseg/segments/2" }, "segments.json")]],
		["RESULT_INVALID", [{ name: "a.txt", bytes: Uint8Array.of(60, 60) }]],
		["IMAGE_CORRUPT", [{ name: "a.png", bytes: Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1, 2) }]],
	] as const)("are refused: %s", (code, files) => {
		expect(errorOf(() => openResult(files)).code).toBe(code);
	});

	it("are refused where they do not fit together", async () => {
		const { labels, file } = await written(true);
		const manifest = await file({ file: "segments.json" });
		const other = encodeLabelPng({ ...labels, data: labels.data.map((id, at) => (at === 0 ? (id + 1) % 4 : id)) });
		const error = errorOf(() => openResult([manifest, { name: "labels.png", bytes: other }]));
		expect(error).toMatchObject({ code: "RESULT_INVALID", message: expect.stringContaining("do not fit together") });
	});

	it("never give anything but an error of ours, however a file is damaged", async () => {
		const { file } = await written(true);
		const intact = [
			await file({ file: "labels.png" }),
			await file({ file: "segments.json" }),
			await file({ export: "coco" }),
		];
		const damage = fc.record({
			which: fc.nat(2),
			at: fc.double({ min: 0, max: 0.999, noNaN: true }),
			byte: fc.nat(255),
			cut: fc.boolean(),
		});
		fc.assert(
			fc.property(damage, ({ which, at, byte, cut }) => {
				const { name, bytes } = intact[which];
				const place = Math.floor(at * bytes.length);
				const damaged = cut ? bytes.slice(0, place) : bytes.slice();
				damaged[cut ? 0 : place] = cut ? damaged[0] : byte;
				try {
					openResult([{ name, bytes: damaged }]);
				} catch (error) {
					expect(error).toMatchObject({ name: "DinosegError" });
				}
			}),
			{ numRuns: 300 },
		);
	});
});
