/**
 * `npm run bench:codebook`: how well a codebook's clusters stand for the classes of CamVid, by what stands for a picture
 * and by the options, and how well it tells pictures of another kind. Prints tables. Needs the data sets beside the
 * repository.
 */
import { createRandom } from "@dinoseg/core";
import {
	applyCodebook,
	type Codebook,
	codebookOptions,
	createSummarySum,
	type FitSummary,
	fitCodebook,
	picturePoints,
	sampleOf,
} from "@dinoseg/core/codebook";
import { momentsOf } from "@dinoseg/core/linalg";
import { type ConfusionMatrix, matchedScores, matchManyToOne, matchOneToOne } from "@dinoseg/core/metrics";
import { type PartialOptions, resolveOptions } from "@dinoseg/core/options";
import { upsampleLabels } from "@dinoseg/core/refine";
import type { TokenGrid } from "@dinoseg/core/tensor";
import { loadKernels } from "@dinoseg/kernels";
import { createSegmenter } from "@dinoseg/node/segmenter";
import { CORESETS } from "./codebook/coresets.ts";
import { type BenchPicture, type Features, readPicture } from "./codebook/pictures.ts";
import { markdownTable } from "./harness/markdown.ts";
import { progress } from "./harness/progress.ts";
import { imagesOf, type Measured } from "./quality/data.ts";

const CLUSTERS = [4, 6, 8, 12, 16, 24];
const CLASSES = 11;
const RESAMPLES = 40;

/** One way to make a codebook. */
interface Setting {
	readonly name: string;
	readonly coreset?: keyof typeof CORESETS;
	readonly count?: number;
	readonly features?: Features;
	readonly options?: PartialOptions;
}

const SETTINGS: readonly Setting[] = [
	{ name: "all patches", coreset: "all patches" },
	...["drawn patches", "lightweight coreset", "k-means of the patches", "regions"].flatMap((coreset) =>
		[32, 64, 100, 128].map((count): Setting => ({ name: `${count} ${coreset}`, coreset, count })),
	),
	{ name: "64 regions, no averaging", options: { denoise: 0 } },
	{ name: "64 regions, averaging twice", options: { denoise: 2 } },
	{ name: "64 regions, no whitening", options: { whiten: 0 } },
	{ name: "64 regions, cosine", options: { metric: "cosine" } },
	{ name: "64 regions, repair", features: "repair" },
	{ name: "64 regions, debias", features: "debias" },
	{ name: "64 regions, debias, averaging twice", features: "debias", options: { denoise: 2 } },
	{ name: "64 regions, colour in place of tokens", features: "color" },
];

const kernels = await loadKernels();
const segmenter = await createSegmenter();
const model = { ...segmenter.model, revision: null };
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

async function summarise(pictures: readonly BenchPicture[], setting: Setting): Promise<FitSummary> {
	const { coreset = "regions", count = 64, features = "tokens", options = {} } = setting;
	let sum: ReturnType<typeof createSummarySum> | undefined;
	for (const [at, { id, picture, tokens }] of pictures.entries()) {
		const grid = await tokens(features);
		const points = picturePoints(kernels, grid, resolveOptions(options));
		const found = CORESETS[coreset](kernels, { points, grid, picture, random: createRandom(at) }, count);
		sum ??= createSummarySum(grid.dim);
		sum.add({ images: 1, moments: momentsOf(kernels, points), sample: sampleOf(found.points, found.weights, id) });
	}
	return (sum as NonNullable<typeof sum>).summary();
}

function fit(summary: FitSummary, clusters: number, options: PartialOptions): Codebook {
	const resolved = resolveOptions({ ...options, clusters });
	return fitCodebook(kernels, { model, options: codebookOptions(resolved), summary }).codebook;
}

/** How often each class of a picture meets each cluster. */
function confusion(codebook: Codebook, { truth }: BenchPicture, grid: TokenGrid): Float64Array {
	const { clusters } = codebook;
	const { scores } = applyCodebook(kernels, codebook, grid);
	const { width, height } = truth;
	const { labels } = upsampleLabels(kernels, { scores, grid, clusters, width, height, temperature: 1 });
	const counts = new Float64Array(CLASSES * clusters);
	for (const [pixel, label] of truth.data.entries()) {
		if (label < CLASSES) {
			counts[label * clusters + labels.data[pixel]]++;
		}
	}
	return counts;
}

/** Mean IoU one to one and many to one of some pictures together. */
function meanIous(pictures: readonly Float64Array[]): readonly [oneToOne: number, manyToOne: number] {
	const counts = new Float64Array(pictures[0].length);
	for (const picture of pictures) {
		for (let at = 0; at < counts.length; at++) {
			counts[at] += picture[at];
		}
	}
	const matrix: ConfusionMatrix = { counts, classes: CLASSES, clusters: counts.length / CLASSES };
	return [matchedScores(matrix, matchOneToOne(matrix)).meanIou, matchedScores(matrix, matchManyToOne(matrix)).meanIou];
}

/** A row of the first table. ± is the standard error over pictures, from drawing as many of them with replacement. */
async function scoreSetting(pictures: readonly BenchPicture[], setting: Setting): Promise<string[]> {
	const summary = await summarise(pictures, setting);
	const grids = await Promise.all(pictures.map(({ tokens }) => tokens(setting.features ?? "tokens")));
	const counts = CLUSTERS.map((clusters) => {
		const codebook = fit(summary, clusters, setting.options ?? {});
		return pictures.map((picture, at) => confusion(codebook, picture, grids[at]));
	});
	const random = createRandom(0);
	const resampled = Array.from({ length: RESAMPLES }, () => {
		const drawn = pictures.map(() => Math.floor(random.next() * pictures.length));
		return counts.map((ofPictures) => meanIous(drawn.map((at) => ofPictures[at])));
	});
	const scores = counts.map(meanIous);
	const column = (kind: 0 | 1) => {
		const error = deviation(resampled.map((ofClusters) => mean(ofClusters.map((pair) => pair[kind]))));
		return `${mean(scores.map((pair) => pair[kind])).toFixed(3)} ± ${error.toFixed(3)}`;
	};
	return [setting.name, ...scores.map(([oneToOne]) => oneToOne.toFixed(3)), column(0), column(1)];
}

/** Shares of unlike patches of pictures like those of the fit, and of others. */
async function unlikeRows(read: Readonly<Record<Measured, readonly BenchPicture[]>>): Promise<string[][]> {
	const half = Math.floor(read.camvid.length / 2);
	const summary = await summarise(read.camvid.slice(0, half), { name: "" });
	const rows: string[][] = [];
	for (const clusters of CLUSTERS) {
		const codebook = fit(summary, clusters, {});
		const sets = { "CamVid, the other half": read.camvid.slice(half), BSDS: read.bsds, COCO: read.coco };
		for (const [name, pictures] of Object.entries(sets)) {
			const grids = await Promise.all(pictures.map(({ tokens }) => tokens("tokens")));
			const shares = grids.map((grid) => applyCodebook(kernels, codebook, grid).unlike).sort((a, b) => a - b);
			const at = (part: number) => shares[Math.floor(part * (shares.length - 1))].toFixed(3);
			rows.push([String(clusters), name, at(0), at(0.5), at(1)]);
		}
	}
	return rows;
}

async function readAll(dataset: Measured): Promise<readonly BenchPicture[]> {
	const images = (await imagesOf(dataset)).slice(0, 24);
	return Promise.all(images.map((image) => readPicture(kernels, segmenter, image)));
}

const read = { camvid: await readAll("camvid"), bsds: await readAll("bsds"), coco: await readAll("coco") };
if (Object.values(read).some((pictures) => pictures.length === 0)) {
	console.log("Skipped: the data sets are not beside the repository.");
} else {
	const rows: string[][] = [];
	for (const setting of SETTINGS) {
		rows.push(await scoreSetting(read.camvid, setting));
		progress(setting.name);
	}
	console.log(
		markdownTable(
			["codebook", ...CLUSTERS.map((k) => `k = ${k}`), "one to one", "many to one"],
			`l${"r".repeat(CLUSTERS.length + 2)}`,
			rows,
		),
	);
	console.log(markdownTable(["k", "pictures", "least", "median", "most"], "rlrrr", await unlikeRows(read)));
}
await segmenter.dispose();
