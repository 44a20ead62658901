/**
 * Makes the pictures of the documents, from the example photographs and, where it is beside the repository, CamVid. Run by
 * hand when the pipeline's rules change.
 */
import { fileURLToPath } from "node:url";
import type { RgbImage } from "@dinoseg/core/image";
import { drawSegmentIds, renderOverlay } from "@dinoseg/core/render";
import { renderResultFigure, type SegmentResult } from "@dinoseg/core/result";
import { loadKernels } from "@dinoseg/kernels";
import { createSegmenter } from "@dinoseg/node/segmenter";
import sharp, { type Sharp } from "sharp";
import { writeCodebookSheet } from "./codebook-sheet.ts";

const example = (name: string) => fileURLToPath(new URL(`../examples/${name}`, import.meta.url));
const picture = (name: string) => fileURLToPath(new URL(`../docs/images/${name}`, import.meta.url));
const QUALITY = 88;
const HEIGHT = 420;
const GAP = 8;

const kernels = await loadKernels();

function imageOf({ data, width, height }: RgbImage): Sharp {
	return sharp(data, { raw: { width, height, channels: 3 } });
}

function overlayOf({ image, labels }: SegmentResult): Sharp {
	return imageOf(drawSegmentIds(kernels, renderOverlay(image, labels), labels));
}

/** Pictures of one height side by side. */
async function writeRow(pictures: readonly Sharp[], file: string): Promise<void> {
	const tiles = await Promise.all(
		pictures.map((tile) => tile.resize({ height: HEIGHT }).png().toBuffer({ resolveWithObject: true })),
	);
	let left = 0;
	const places = tiles.map(({ data, info }) => {
		const place = { input: data, left, top: 0 };
		left += info.width + GAP;
		return place;
	});
	const ground = { width: left - GAP, height: HEIGHT, channels: 3 as const, background: "white" };
	await sharp({ create: ground }).composite(places).jpeg({ quality: QUALITY }).toFile(file);
}

const segmenter = await createSegmenter({ cache: false });
try {
	const photograph = example("astronaut.jpg");
	const clusters = await segmenter.segment(photograph);
	const regions = await segmenter.segment(photograph, { segments: "regions" });
	await writeRow([imageOf(clusters.image), overlayOf(clusters), overlayOf(regions)], picture("kinds.jpg"));
	const coffee = await segmenter.segment(example("coffee.jpg"), { segments: "regions" });
	await imageOf(renderResultFigure(coffee, kernels)).jpeg({ quality: QUALITY }).toFile(picture("figure.jpg"));
	if (!(await writeCodebookSheet(segmenter, picture("codebook.png")))) {
		console.log("codebook.png stays as it is: CamVid is not beside the repository.");
	}
} finally {
	await segmenter.dispose();
}
