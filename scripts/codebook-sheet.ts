import { createSummarySum } from "@dinoseg/core/codebook";
import type { RgbImage } from "@dinoseg/core/image";
import { type DrawTextOptions, drawText, renderLabelColors } from "@dinoseg/core/render";
import type { SegmentResult } from "@dinoseg/core/result";
import type { Segmenter } from "@dinoseg/node/segmenter";
import sharp from "sharp";
import { imagesOf } from "../bench/quality/data.ts";

const CLUSTERS = 8;
const COLUMNS = 6;
/** Pixels. */
const TILE = { width: 108, height: 81 };
const GAP = 4;
const MARGIN = 20;
const HEAD = 62;
const BETWEEN = 36;

type Style = Pick<DrawTextOptions, "size" | "weight" | "color">;
const TITLE: Style = { size: 19, weight: "semibold", color: [20, 20, 20] };
const NOTE: Style = { size: 15, weight: "regular", color: [90, 90, 90] };

/**
 * The label maps of the street scenes of CamVid side by side: by one codebook, and each picture clustered alone. Maps only,
 * no photograph.
 *
 * @returns false where the data set is not beside the repository.
 */
export async function writeCodebookSheet(segmenter: Segmenter, file: string): Promise<boolean> {
	const paths = (await imagesOf("camvid")).map(({ photograph }) => photograph);
	if (paths.length === 0) {
		return false;
	}
	const options = { clusters: CLUSTERS };
	let sum: ReturnType<typeof createSummarySum> | undefined;
	let first: Awaited<ReturnType<Segmenter["summarise"]>> | undefined;
	for (const path of paths) {
		const part = await segmenter.summarise(path, options);
		first ??= part;
		sum ??= createSummarySum(part.summary.moments.dim);
		sum.add(part.summary);
	}
	if (first === undefined || sum === undefined) {
		return false;
	}
	const { codebook } = await segmenter.fit({ ...first, summary: sum.summary() });
	const [common, alone]: Buffer[][] = [[], []];
	for (const path of paths) {
		common.push(await tileOf(await segmenter.apply(path, codebook)));
		alone.push(await tileOf(await segmenter.segment(path, options)));
	}
	const rows = Math.ceil(paths.length / COLUMNS);
	const blockWidth = COLUMNS * (TILE.width + GAP) - GAP;
	const width = 2 * MARGIN + 2 * blockWidth + BETWEEN;
	const height = MARGIN + HEAD + rows * (TILE.height + GAP) - GAP + MARGIN;
	const canvas: RgbImage = { data: new Uint8Array(3 * width * height).fill(255), width, height };
	const lefts = [MARGIN, MARGIN + blockWidth + BETWEEN];
	const titles = [
		["One codebook for all", "the same colour is the same cluster in every picture"],
		["Each picture alone", "a colour means something else in each"],
	];
	for (const [block, [title, note]] of titles.entries()) {
		drawText(canvas, title, { ...TITLE, x: lefts[block], y: MARGIN + 16 });
		drawText(canvas, note, { ...NOTE, x: lefts[block], y: MARGIN + 40 });
	}
	const tiles = [common, alone].flatMap((block, at) =>
		block.map((input, index) => ({
			input,
			left: lefts[at] + (index % COLUMNS) * (TILE.width + GAP),
			top: MARGIN + HEAD + Math.floor(index / COLUMNS) * (TILE.height + GAP),
		})),
	);
	await sharp(canvas.data, { raw: { width, height, channels: 3 } })
		.composite(tiles)
		.png({ palette: true, colours: 32, dither: 0, compressionLevel: 9, effort: 10 })
		.toFile(file);
	return true;
}

/** A small map, without colours that are none of its own. */
async function tileOf({ labels }: SegmentResult): Promise<Buffer> {
	const { data, width, height } = renderLabelColors(labels);
	return sharp(data, { raw: { width, height, channels: 3 } })
		.resize({ ...TILE, kernel: "nearest", fit: "fill" })
		.png()
		.toBuffer();
}
