/** The stages of the main job on one photograph with the bundled model at 518, each ready to be run alone. */
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { createRandom } from "@dinoseg/core";
import { chooseClusters, kMeans, mergingKMeans } from "@dinoseg/core/cluster";
import { colorGradient, medianBlur } from "@dinoseg/core/image";
import { encodeLabelPng } from "@dinoseg/core/labels";
import { fitPca, projectPca } from "@dinoseg/core/linalg";
import { placeInputs, resolveVariant } from "@dinoseg/core/model";
import { buildNetworkGraph } from "@dinoseg/core/model/graph";
import { AUTO_CLUSTERS, DEFAULT_OPTIONS, type PartialOptions } from "@dinoseg/core/options";
import { clusterScores, defaultSmoothWindow, smoothLabels, upsampleLabels } from "@dinoseg/core/refine";
import { buildRegionTree, cutPicture, describeSuperpixels } from "@dinoseg/core/regions";
import { drawSegmentIds, renderOverlay } from "@dinoseg/core/render";
import { renderResultFigure } from "@dinoseg/core/result";
import { prepareNetworkInput } from "@dinoseg/core/segment";
import { type Matrix, tokensAsMatrix } from "@dinoseg/core/tensor";
import { loadKernels } from "@dinoseg/kernels";
import { createNetworkSession, decodeImage, encodePng, loadCheckpoint, resolveModel } from "@dinoseg/node";
import { createSegmenter } from "@dinoseg/node/segmenter";
import type { ArrayStore } from "./inputs/array-store.ts";

/** One stage, with its inputs made. */
export interface PreparedStage {
	run(): unknown;
	release?(): Promise<void>;
}

/** Makes a stage's inputs. @param store inputs that processes share. */
export type PrepareStage = (store: ArrayStore) => Promise<PreparedStage>;

/** The stage that does nothing: what a process takes before any work. */
export const IDLE = "idle";

export const PHOTOGRAPH = "examples/coffee.jpg";
const path = fileURLToPath(new URL(`../${PHOTOGRAPH}`, import.meta.url));
const kernels = await loadKernels();
const { inputSize, restarts, median } = DEFAULT_OPTIONS;
const CLUSTERS = 6;

/** What the default job does to choose the number of clusters and to make them. */
function walk(points: Matrix) {
	return mergingKMeans(kernels, points, { clusters: AUTO_CLUSTERS.max, restarts, random: createRandom(0) });
}

async function decode() {
	return (await decodeImage(await readFile(path), { name: PHOTOGRAPH, maxPixels: DEFAULT_OPTIONS.maxPixels })).image;
}

async function result(options: PartialOptions = {}) {
	const segmenter = await createSegmenter({ cache: false });
	try {
		return await segmenter.segment(path, options);
	} finally {
		await segmenter.dispose();
	}
}

async function reduced() {
	const tokens = (await result()).tokens();
	const matrix = tokensAsMatrix(tokens);
	const { model } = fitPca(kernels, matrix, 0.99);
	return { tokens, matrix, points: projectPca(kernels, model, matrix) };
}

/** Each prepares its inputs when called, so that a process of its own can measure one stage's memory. */
export const STAGES: Readonly<Record<string, PrepareStage>> = {
	async [IDLE]() {
		return { run: () => undefined };
	},
	async decode() {
		return { run: decode };
	},
	async median() {
		const image = await decode();
		return { run: () => medianBlur(kernels, image, { window: median }) };
	},
	async "resize + normalise"() {
		const image = await decode();
		const { checkpoint } = await network();
		const { patchSize } = checkpoint.config;
		return {
			run: () => prepareNetworkInput(kernels, image, { inputSize, patchSize, preprocessor: checkpoint.preprocessor }),
		};
	},
	async load() {
		const { checkpoint } = await network();
		return {
			async run() {
				const session = await openSession(checkpoint, availableParallelism());
				await session.close();
			},
		};
	},
	async "network, 1 thread"() {
		return networkStage(1);
	},
	async "network, all cores"() {
		return networkStage(availableParallelism());
	},
	async pca() {
		const { matrix } = await reduced();
		return { run: () => projectPca(kernels, fitPca(kernels, matrix, 0.99).model, matrix) };
	},
	async kmeans() {
		const { points } = await reduced();
		return { run: () => chooseClusters(walk(points), AUTO_CLUSTERS) };
	},
	async upsample() {
		const { tokens, points } = await reduced();
		const clustering = kMeans(kernels, points, { clusters: CLUSTERS, restarts, random: createRandom(0) });
		return {
			run: () =>
				upsampleLabels(kernels, {
					scores: clusterScores(kernels, points, clustering.centroids),
					grid: tokens,
					clusters: CLUSTERS,
					width: tokens.imageWidth,
					height: tokens.imageHeight,
					temperature: clustering.inertia / points.rows,
				}),
		};
	},
	async "smooth (median)"() {
		const { labels, tokens } = await result({ smooth: { method: "none" } });
		return {
			run: () => smoothLabels(kernels, labels, { method: "median", window: defaultSmoothWindow(tokens()) }),
		};
	},
	async "smooth (majority)"() {
		const { labels, tokens } = await result({ smooth: { method: "none" } });
		return {
			run: () => smoothLabels(kernels, labels, { method: "majority", window: defaultSmoothWindow(tokens()) }),
		};
	},
	async superpixels() {
		const { blurred } = await result();
		return { run: () => cutPicture(kernels, blurred) };
	},
	async "region tree"() {
		const { blurred, tokens } = await result();
		const { points } = await reduced();
		const { working, colors, areas } = cutPicture(kernels, blurred);
		return {
			run() {
				const features = describeSuperpixels(kernels, working, colors, points, tokens());
				return buildRegionTree(kernels, working, { features, gradient: colorGradient(colors), areas });
			},
		};
	},
	async "render figure"() {
		const segmented = await result();
		return { run: async () => encodePng(renderResultFigure(segmented, kernels)) };
	},
	async "render overlay"() {
		const { image, labels } = await result();
		return { run: async () => encodePng(drawSegmentIds(kernels, renderOverlay(image, labels), labels)) };
	},
	async "render labels"() {
		const { labels } = await result();
		return { run: () => encodeLabelPng(labels) };
	},
	async "whole job"() {
		const segmenter = await createSegmenter({ cache: false });
		return { run: () => segmenter.segment(path), release: () => segmenter.dispose() };
	},
};

async function network() {
	const { folder } = await resolveModel("tiny");
	return { checkpoint: await loadCheckpoint(folder) };
}

function openSession(checkpoint: Awaited<ReturnType<typeof loadCheckpoint>>, threads: number) {
	return createNetworkSession({
		graph: buildNetworkGraph(checkpoint, resolveVariant(checkpoint.config, DEFAULT_OPTIONS)),
		folder: checkpoint.folder,
		threads,
	});
}

async function networkStage(threads: number): Promise<PreparedStage> {
	const { checkpoint } = await network();
	const { patchSize } = checkpoint.config;
	const session = await openSession(checkpoint, threads);
	const { pixels, grid } = prepareNetworkInput(kernels, await decode(), {
		inputSize,
		patchSize,
		preprocessor: checkpoint.preprocessor,
	});
	const { inputWidth, inputHeight, stride } = grid;
	const places = placeInputs(
		checkpoint,
		{ width: inputWidth, height: inputHeight },
		{ stride, positionGrid: "official" },
	);
	return {
		run: () => session.run({ pixels: pixels.slice(), shape: [1, 3, inputHeight, inputWidth], places }),
		release: () => session.close(),
	};
}
