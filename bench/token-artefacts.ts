/**
 * `npm run bench:artefacts`: what `--repair` and `--debias` do to the bundled model, on examples/. Prints tables, and
 * writes docs/images/token-artefacts.jpg. Nothing is cached.
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SegmentCallOptions } from "@dinoseg/core/engine";
import type { RgbImage } from "@dinoseg/core/image";
import { adjustedRandIndex } from "@dinoseg/core/metrics";
import { renderOverlay } from "@dinoseg/core/render";
import { createPositionBiasSum, findHighNormTokens, subtractPositionBias, type TokenGrid } from "@dinoseg/core/tensor";
import { decodeImage, encodePng } from "@dinoseg/node";
import { createSegmenter, type Segmenter } from "@dinoseg/node/segmenter";
import { writeCheckpointWithOutliers } from "../fixtures/checkpoint-with-outliers.ts";
import { flat, MIRRORS, type Mirror, mirrored, noise, type PictureMaker, writeRows } from "./artefact-pictures.ts";
import { markdownTable } from "./harness/markdown.ts";

const EXAMPLES = new URL("../examples/", import.meta.url);
const FIGURE = fileURLToPath(new URL("../docs/images/token-artefacts.jpg", import.meta.url));
const CLUSTERS = 4;

/** Pictures without content that a position bias could be measured on. */
const CANDIDATES: Readonly<Record<string, readonly PictureMaker[]>> = {
	black: [flat(0)],
	"black and white": [flat(0), flat(255)],
	"grey 116": [flat(116)],
	"2 greys": [64, 192].map((level) => flat(level)),
	"4 greys": [32, 96, 160, 224].map((level) => flat(level)),
	"8 greys": [16, 48, 80, 112, 144, 176, 208, 240].map((level) => flat(level)),
	"8 colours": [48, 208].flatMap((red) =>
		[48, 208].flatMap((green) => [48, 208].map((blue) => flat(red, green, blue))),
	),
	"4 greys ± 8 of noise": [32, 96, 160, 224].map((level) => noise(level, 8)),
	"4 greys ± 31 of noise": [32, 96, 160, 224].map((level) => noise(level, 31)),
};

/** Pictures of one colour that are none of those. */
const OTHER_COLORS = [flat(230, 140, 30), flat(64), flat(128), flat(120, 170, 230), flat(70, 120, 40)];

/** Where outliers are planted, on the 37 x 37 grid: alone, at the rim, and in groups. */
const PLANTED = [
	...([
		[4, 6],
		[9, 30],
		[30, 4],
		[33, 33],
		[0, 18],
		[18, 0],
		[24, 24],
		[12, 16],
	] as const),
	...[14, 15, 16].flatMap((row) => [26, 27, 28].map((col) => [row, col] as const)),
	...[27, 28].flatMap((row) => [12, 13].map((col) => [row, col] as const)),
];

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const digits = (value: number, count = 3) => value.toFixed(count);

/** Mean squared distance of the tokens to their mean. */
function spread({ data, rows, cols, dim }: TokenGrid): number {
	const means = new Float64Array(dim);
	for (const [i, value] of data.entries()) {
		means[i % dim] += value / (rows * cols);
	}
	return data.reduce((sum, value, i) => sum + (value - means[i % dim]) ** 2, 0) / (rows * cols);
}

/** Mean squared distance of the tokens of a photograph and of its mirror image, by their spread. */
function asymmetry(grid: TokenGrid, other: TokenGrid, mirror: Mirror): number {
	const back = mirrored(other.data, other, mirror);
	const sum = grid.data.reduce((total, value, i) => total + (value - back[i]) ** 2, 0);
	return sum / (grid.rows * grid.cols) / spread(grid);
}

function flip(image: RgbImage, mirror: Mirror): RgbImage {
	return { ...image, data: mirrored(image.data, { rows: image.height, cols: image.width }, mirror) };
}

const names = (await readdir(EXAMPLES)).filter((name) => name.endsWith(".jpg"));
const photographs = await Promise.all(
	names.map(async (name) => {
		const { image } = await decodeImage(await readFile(new URL(name, EXAMPLES)), { name, maxPixels: 1e8 });
		return { name, image };
	}),
);

/** Bias of candidates at an input size. */
async function measureBias(
	segmenter: Segmenter,
	makers: readonly PictureMaker[],
	{ inputWidth, inputHeight }: TokenGrid,
) {
	const size = { width: inputWidth, height: inputHeight };
	const features = async (maker: PictureMaker) =>
		segmenter.features(await encodePng(maker(size)), { inputSize: size, median: 0 });
	const sum = createPositionBiasSum(await features(makers[0]));
	for (const maker of makers.slice(1)) {
		sum.add(await features(maker));
	}
	return sum.bias();
}

async function compareCandidates(segmenter: Segmenter): Promise<void> {
	const sizes = new Map<string, TokenGrid>();
	const plain: { readonly grid: TokenGrid; readonly others: readonly (readonly [Mirror, TokenGrid])[] }[] = [];
	for (const { image } of photographs) {
		const features = async (picture: RgbImage) => segmenter.features(await encodePng(picture));
		const grid = await features(image);
		sizes.set(`${grid.inputWidth}x${grid.inputHeight}`, grid);
		const others: [Mirror, TokenGrid][] = [];
		for (const mirror of Object.values(MIRRORS)) {
			others.push([mirror, await features(flip(image, mirror))]);
		}
		plain.push({ grid, others });
	}
	const typical = mean(plain.map(({ grid }) => spread(grid)));
	const [size] = sizes.values();
	const colors: TokenGrid[] = [];
	for (const maker of OTHER_COLORS) {
		const input = { width: size.inputWidth, height: size.inputHeight };
		colors.push(await segmenter.features(await encodePng(maker(input)), { inputSize: input, median: 0 }));
	}
	const rowOf = async (name: string, biasAt: (grid: TokenGrid) => Promise<TokenGrid | undefined>) => {
		const biases = new Map<string, TokenGrid | undefined>();
		for (const [key, grid] of sizes) {
			biases.set(key, await biasAt(grid));
		}
		const debiased = (grid: TokenGrid) => {
			const bias = biases.get(`${grid.inputWidth}x${grid.inputHeight}`);
			return bias ? subtractPositionBias(grid, bias) : grid;
		};
		const directions = Object.values(MIRRORS).map((_, direction) =>
			mean(
				plain.map(({ grid, others }) => {
					const [mirror, other] = others[direction];
					return asymmetry(debiased(grid), debiased(other), mirror);
				}),
			),
		);
		const ofColors = mean(colors.map((grid) => spread(debiased(grid)) / typical));
		return [name, digits(ofColors, 4), ...directions.map((value) => digits(value))];
	};
	const rows = [await rowOf("no bias subtracted", async () => undefined)];
	for (const [name, makers] of Object.entries(CANDIDATES)) {
		rows.push(await rowOf(name, (grid) => measureBias(segmenter, makers, grid)));
	}
	const heads = ["bias measured on", "spread of other colours", ...Object.keys(MIRRORS)];
	console.log(`\n${markdownTable(heads, "lrrr", rows)}`);
}

/** How well the map of a mirrored photograph agrees with that of the photograph. */
async function agreement(segmenter: Segmenter, image: RgbImage, mirror: Mirror, options: SegmentCallOptions) {
	const segment = async (picture: RgbImage) =>
		(await segmenter.segment(await encodePng(picture), { clusters: CLUSTERS, ...options })).labels;
	const [labels, other] = [await segment(image), await segment(flip(image, mirror))];
	return adjustedRandIndex(labels.data, mirrored(other.data, { rows: other.height, cols: other.width }, mirror));
}

async function compareMaps(segmenter: Segmenter): Promise<void> {
	const rows: string[][] = [];
	for (const { name, image } of photographs) {
		const grid = await segmenter.features(await encodePng(image));
		const { positions } = findHighNormTokens(grid);
		const sorted = grid.norms.slice().sort();
		const longest = sorted[sorted.length - 1] / sorted[sorted.length >> 1];
		const ofMirrors: string[] = [];
		for (const mirror of Object.values(MIRRORS)) {
			for (const debias of [false, true]) {
				ofMirrors.push(digits(await agreement(segmenter, image, mirror, { debias })));
			}
		}
		rows.push([name, `${positions.length} of ${grid.norms.length}`, digits(longest, 2), ...ofMirrors]);
	}
	const heads = Object.keys(MIRRORS).flatMap((name) => [name, `${name}, --debias`]);
	console.log(`\n${markdownTable(["photograph", "high-norm tokens", "longest / median", ...heads], "lrrrrrr", rows)}`);
}

/** Overlays of the photographs of one model with some options, at an input of 518 x 518. */
async function maps(segmenter: Segmenter, options: SegmentCallOptions = {}) {
	const inputSize = { width: 518, height: 518 };
	const made = new Map<string, { readonly labels: ArrayLike<number>; readonly overlay: RgbImage }>();
	for (const { name, image } of photographs) {
		const { labels } = await segmenter.segment(await encodePng(image), { clusters: CLUSTERS, inputSize, ...options });
		made.set(name, { labels: labels.data, overlay: renderOverlay(image, labels) });
	}
	return made;
}

const segmenter = await createSegmenter({ cache: false });
const folder = await mkdtemp(join(tmpdir(), "dinoseg-artefacts-"));
await writeCheckpointWithOutliers(folder, PLANTED);
const damaged = await createSegmenter({ model: folder, cache: false });
try {
	await compareCandidates(segmenter);
	await compareMaps(segmenter);
	const whole = await maps(segmenter);
	const planted = await maps(damaged);
	const repaired = await maps(damaged, { repair: true });
	const debiased = await maps(segmenter, { debias: true });
	const rows = names.map((name) => {
		const like = (other: typeof whole) =>
			digits(adjustedRandIndex(whole.get(name)?.labels ?? [], other.get(name)?.labels ?? []));
		return [name, like(planted), like(repaired), like(debiased)];
	});
	const heads = ["photograph", "planted outliers", "planted outliers, --repair", "--debias"];
	console.log(`\nAgreement with the map of the bundled model:\n\n${markdownTable(heads, "lrrr", rows)}`);
	const panels = (name: string, ...maps: readonly (typeof whole)[]) => [
		photographs.find((photograph) => photograph.name === name)?.image as RgbImage,
		...maps.map((map) => map.get(name)?.overlay as RgbImage),
	];
	await writeRows([panels("coffee.jpg", planted, repaired), panels("cat.jpg", whole, debiased)], FIGURE);
} finally {
	await Promise.all([segmenter.dispose(), damaged.dispose()]);
	await rm(folder, { recursive: true });
}
