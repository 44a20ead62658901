/**
 * `npm run bench:noise`: how well the label map of a noisy photograph agrees with that of the clean one (ARI), without a
 * median blur, with one before the resize (what dinoseg does), and with one after it. Bundled model, default options.
 */
import { readdirSync, readFileSync } from "node:fs";
import { loadKernels } from "@dinoseg/kernels";
import {
	adjustedRandIndex,
	buildNetworkGraph,
	createNetworkSession,
	createStageRecorder,
	DEFAULT_OPTIONS,
	decodeImage,
	inputDimensions,
	interpolatePositions,
	loadCheckpoint,
	medianBlur,
	positionTableSide,
	prepareNetworkInput,
	type RgbImage,
	resizeImage,
	resolveModel,
	resolveVariant,
	segmentTokens,
} from "dinoseg";
import { addSaltAndPepper } from "../fixtures/salt-and-pepper.ts";

const kernels = await loadKernels();
const EXAMPLES = new URL("../examples/", import.meta.url);
const SEEDS = [1, 2, 3];
const ORDERS = ["none", "before", "after"] as const;
type Order = (typeof ORDERS)[number];

const { folder } = await resolveModel("tiny");
const checkpoint = await loadCheckpoint(folder);
const { patchSize, hiddenSize } = checkpoint.config;
const session = await createNetworkSession({
	graph: buildNetworkGraph(checkpoint, resolveVariant(checkpoint.config, DEFAULT_OPTIONS)),
	folder: checkpoint.folder,
	threads: 2,
});

async function labelMap(image: RgbImage, order: Order) {
	const blur = (picture: RgbImage) => medianBlur(kernels, picture, { window: DEFAULT_OPTIONS.median });
	const size = inputDimensions(image, DEFAULT_OPTIONS.inputSize, patchSize);
	const blurred = order === "before" ? blur(image) : image;
	const resized = resizeImage(kernels, blurred, size);
	const input = order === "after" ? blur(resized) : resized;
	const { pixels, grid } = prepareNetworkInput(kernels, input, {
		inputSize: size,
		patchSize,
		preprocessor: checkpoint.preprocessor,
	});
	const side = positionTableSide(checkpoint.config);
	const positions = interpolatePositions(checkpoint.positionTable, side, hiddenSize, grid.rows, grid.cols, "official");
	const { tokens: data, norms } = await session.run({ pixels, shape: [1, 3, size.height, size.width], positions });
	const tokens = { ...grid, data, norms, dim: hiddenSize, imageWidth: image.width, imageHeight: image.height };
	const recorder = createStageRecorder({ now: () => 0, yield: async () => {} });
	return (await segmentTokens(kernels, tokens, DEFAULT_OPTIONS, recorder)).labels.data;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

console.log("| photograph | noise | no median | median, then resize | resize, then median |");
console.log("| --- | ---: | ---: | ---: | ---: |");
for (const file of readdirSync(EXAMPLES).filter((name) => name.endsWith(".jpg"))) {
	const { image } = await decodeImage(readFileSync(new URL(file, EXAMPLES)), { name: file, maxPixels: 1e8 });
	for (const share of [0.05, 0.1]) {
		const row: string[] = [];
		for (const order of ORDERS) {
			const clean = await labelMap(image, order);
			const scores: number[] = [];
			for (const seed of SEEDS) {
				scores.push(adjustedRandIndex(clean, await labelMap(addSaltAndPepper(image, share, seed), order)));
			}
			row.push(mean(scores).toFixed(3));
		}
		console.log(`| ${file} | ${share * 100} % | ${row.join(" | ")} |`);
	}
}
await session.close();
