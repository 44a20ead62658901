import { fileURLToPath } from "node:url";
import { decodeLabelPng } from "@dinoseg/core/labels";
import { EXPORT_FORMAT_NAMES } from "@dinoseg/core/labels/formats";
import { SEGMENT_KINDS } from "@dinoseg/core/options";
import { decodeRegionTree } from "@dinoseg/core/regions";
import { renderResultCutout, renderResultFiles } from "@dinoseg/core/result";
import { encodePng, inspectImage } from "@dinoseg/node";
import { unzipSync } from "fflate";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { asRegions } from "../../../fixtures/as-regions.ts";
import { smallExample } from "./support/small-example.ts";
import { useSegmenter } from "./support/with-segmenter.ts";

const withShared = useSegmenter();
const cat = await smallExample("cat.jpg");
/** For a network that takes milliseconds. */
const inputSize = 112;

describe("Segmenter.render", () => {
	it.each(SEGMENT_KINDS)("makes the files of a result: %s", (segments) =>
		withShared(async (segmenter) => {
			const result = await segmenter.segment(cat, { segments, inputSize });
			const { files } = renderResultFiles(result, { encodePng });
			const names = [...files.keys()].reverse();
			const rendered = await segmenter.render(
				cat,
				names.map((file) => ({ file })),
				{ segments, inputSize },
			);
			expect(rendered.map(({ fileName }) => fileName)).toEqual(names);
			for (const { fileName, bytes } of rendered) {
				expect(Buffer.from((await files.get(fileName)?.()) ?? []).equals(bytes), fileName).toBe(true);
			}
		}),
	);

	it("gives superpixels and tree of regions", () =>
		withShared(async (segmenter) => {
			const options = { segments: "regions", inputSize } as const;
			const { tree, features, superpixels } = asRegions(await segmenter.segment(cat, options));
			const [map, file] = await segmenter.render(cat, [{ file: "superpixels.png" }, { file: "tree.bin" }], options);
			expect(decodeLabelPng(map.bytes).data).toEqual(superpixels.data);
			expect((await sharp(map.bytes).metadata()).depth).toBe("ushort");
			expect(decodeRegionTree(file.bytes)).toEqual({ tree, features });
		}));

	it("cuts segments out", () =>
		withShared(async (segmenter) => {
			const result = await segmenter.segment(cat, { clusters: 3, inputSize });
			const [largest, picked] = await segmenter.render(cat, [{ cutout: {} }, { cutout: { pick: ["1", "2"] } }], {
				clusters: 3,
				inputSize,
			});
			expect(Buffer.from(largest.bytes).equals(renderResultCutout(result))).toBe(true);
			expect(Buffer.from(picked.bytes).equals(renderResultCutout(result, ["1", "2"]))).toBe(true);
		}));

	it.each(EXPORT_FORMAT_NAMES)("exports %s as one file", (name) =>
		withShared(async (segmenter) => {
			const [{ bytes, fileName }] = await segmenter.render(cat, [{ export: name, file: "photos/cat.png" }], {
				clusters: 3,
				inputSize,
			});
			expect(bytes.length).toBeGreaterThan(0);
			if (fileName.endsWith(".zip")) {
				expect(Object.keys(unzipSync(bytes)).length).toBeGreaterThan(0);
			} else {
				expect(fileName).toMatch(/\.(json|xml|geojson|svg|tif|npy|csv)$/);
			}
		}),
	);

	it("joins the pieces of a format as a data set does", () =>
		withShared(async (segmenter) => {
			const [{ bytes }] = await segmenter.render(cat, [{ export: "coco", file: "photos/cat.png" }], {
				clusters: 3,
				inputSize,
			});
			const coco = JSON.parse(new TextDecoder().decode(bytes));
			expect(coco.images).toMatchObject([{ file_name: "photos/cat.png", width: 120 }]);
			expect(coco.annotations).toHaveLength(3);
		}));

	it("tells what a format lost", () =>
		withShared(async (segmenter) => {
			const [{ warnings }] = await segmenter.render(cat, [{ export: "geojson" }], { inputSize });
			expect(warnings).toMatchObject([{ code: "REFERENCE_SYSTEM_MISSING" }]);
		}));

	it("refuses a file that the segments do not have", () =>
		withShared(async (segmenter) => {
			await expect(segmenter.render(cat, [{ file: "tree.bin" }], { inputSize })).rejects.toMatchObject({
				code: "OPTION_INVALID",
			});
			await expect(segmenter.render(cat, [{ cutout: { pick: ["99"] } }], { inputSize })).rejects.toMatchObject({
				code: "OPTION_INVALID",
			});
		}));

	it("ends when it is cancelled", () =>
		withShared(async (segmenter) => {
			const signal = AbortSignal.timeout(20);
			const all = [{ file: "figure.png" }, { file: "overlay.png" }];
			await expect(
				segmenter.render(fileURLToPath(new URL("../../../examples/retina.jpg", import.meta.url)), all, { signal }),
			).rejects.toMatchObject({ code: "ABORTED" });
		}));
});

describe("inspectImage", () => {
	const limits = { name: "photo", maxPixels: 1e6 };

	it("tells format, upright sides and pages", async () => {
		const turned = await sharp({ create: { width: 40, height: 30, channels: 3, background: "red" } })
			.jpeg()
			.withMetadata({ orientation: 6 })
			.toBuffer();
		expect(await inspectImage(turned, limits)).toEqual({ format: "jpeg", width: 30, height: 40, pages: 1 });
	});

	it("refuses what is too large by its header", async () => {
		await expect(inspectImage(cat, { ...limits, maxPixels: 100 })).rejects.toMatchObject({ code: "IMAGE_TOO_LARGE" });
	});

	it("refuses what is no image", async () => {
		await expect(inspectImage(new TextEncoder().encode("hello"), limits)).rejects.toMatchObject({
			code: "IMAGE_UNSUPPORTED",
		});
		await expect(inspectImage(cat.subarray(0, 20), limits)).rejects.toMatchObject({ code: "IMAGE_CORRUPT" });
	});
});
