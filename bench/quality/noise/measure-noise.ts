import { readFileSync } from "node:fs";
import { inputDimensions, medianBlur, type RgbImage, resizeImage } from "@dinoseg/core/image";
import { adjustedRandIndex, meanOf } from "@dinoseg/core/metrics";
import { placeInputs, resolveVariant } from "@dinoseg/core/model";
import { buildNetworkGraph } from "@dinoseg/core/model/graph";
import { resolveOptions } from "@dinoseg/core/options";
import { createStageRecorder, prepareNetworkInput, segmentTokens } from "@dinoseg/core/segment";
import { loadKernels } from "@dinoseg/kernels";
import { createNetworkSession, decodeImage, loadCheckpoint, resolveModel } from "@dinoseg/node";
import { addSaltAndPepper } from "../../../fixtures/salt-and-pepper.ts";
import { progress } from "../../harness/progress.ts";
import { PAPER } from "../settings.ts";
import { EXAMPLE_PHOTOGRAPHS } from "../times.ts";

/** Where the median blur is done, if anywhere. Before the resize is what dinoseg does. */
export const ORDERS = ["none", "before", "after"] as const;
export type Order = (typeof ORDERS)[number];

/** Shares of the pixels that are noise. */
export const DENSITIES = [0.01, 0.02, 0.05, 0.1] as const;
export const NOISE_SEEDS = [1, 2, 3] as const;
export const NOISE_CLUSTERS = 6;

/** How well the segmentation of one noisy photograph agrees with that of the clean one. */
export interface PhotographNoise {
	readonly photograph: string;
	/** Per order and per density: the adjusted Rand index, mean over draws of the noise. */
	readonly agreement: Readonly<Record<Order, readonly number[]>>;
}

/** Measure the example photographs with the report's recipe. */
export async function measureNoise(): Promise<readonly PhotographNoise[]> {
	const pipeline = await createPipeline();
	try {
		const all: PhotographNoise[] = [];
		for (const photograph of EXAMPLE_PHOTOGRAPHS) {
			const bytes = readFileSync(new URL(`../../../examples/${photograph}`, import.meta.url));
			const { image } = await decodeImage(bytes, { name: photograph, maxPixels: 1e8 });
			const agreement = { none: [] as number[], before: [] as number[], after: [] as number[] };
			for (const order of ORDERS) {
				const clean = await pipeline.labels(image, order);
				for (const density of DENSITIES) {
					const scores: number[] = [];
					for (const seed of NOISE_SEEDS) {
						const noisy = await pipeline.labels(addSaltAndPepper(image, density, seed), order);
						scores.push(adjustedRandIndex(clean, noisy));
					}
					agreement[order].push(meanOf(scores));
				}
			}
			progress(`noise on ${photograph}`);
			all.push({ photograph, agreement });
		}
		return all;
	} finally {
		await pipeline.close();
	}
}

/** The pipeline in its parts: the shipped one has one order only. */
async function createPipeline() {
	const kernels = await loadKernels();
	const options = resolveOptions({ ...PAPER.options, clusters: NOISE_CLUSTERS });
	const { folder } = await resolveModel("tiny");
	const checkpoint = await loadCheckpoint(folder);
	const { patchSize, hiddenSize } = checkpoint.config;
	const session = await createNetworkSession({
		graph: buildNetworkGraph(checkpoint, resolveVariant(checkpoint.config, options)),
		folder: checkpoint.folder,
		threads: 1,
	});
	const recorder = createStageRecorder({ now: () => 0, yield: async () => {} });
	const blur = (picture: RgbImage) => medianBlur(kernels, picture, { window: options.median });

	async function labels(image: RgbImage, order: Order): Promise<Uint16Array | Uint8Array> {
		const inputSize = inputDimensions(image, options.inputSize, patchSize);
		const resized = resizeImage(kernels, order === "before" ? blur(image) : image, inputSize);
		const input = order === "after" ? blur(resized) : resized;
		const { pixels, grid } = prepareNetworkInput(kernels, input, {
			inputSize,
			patchSize,
			preprocessor: checkpoint.preprocessor,
		});
		const shape = [1, 3, inputSize.height, inputSize.width] as const;
		const places = placeInputs(checkpoint, inputSize, { stride: patchSize, positionGrid: options.positionGrid });
		const { tokens: data, norms } = await session.run({ pixels, shape, places });
		const tokens = { ...grid, data, norms, dim: hiddenSize, imageWidth: image.width, imageHeight: image.height };
		return (await segmentTokens(kernels, tokens, options, recorder)).labels.data;
	}
	return { labels, close: () => session.close() };
}
