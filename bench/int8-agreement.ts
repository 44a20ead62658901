/**
 * How near the bundled model in 8 bits is to itself in float32, on the pictures of examples/:
 * `npm run build && npx tsx bench/int8-agreement.ts [folder of another model]`.
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { medianBlur } from "@dinoseg/core/image";
import { adjustedRandIndex, meanCosine } from "@dinoseg/core/metrics";
import { type Checkpoint, placeInputs, type QuantisedWeights, resolveVariant } from "@dinoseg/core/model";
import { buildNetworkGraph } from "@dinoseg/core/model/graph";
import { DEFAULT_OPTIONS } from "@dinoseg/core/options";
import { createStageRecorder, prepareNetworkInput, segmentTokens } from "@dinoseg/core/segment";
import type { TokenGrid } from "@dinoseg/core/tensor";
import { loadKernels } from "@dinoseg/kernels";
import {
	createNetworkSession,
	decodeImage,
	type LoadedCheckpoint,
	loadCheckpoint,
	loadQuantised,
	resolveModel,
} from "@dinoseg/node";

const kernels = await loadKernels();
const EXAMPLES = fileURLToPath(new URL("../examples/", import.meta.url));
const { median, inputSize, maxPixels } = DEFAULT_OPTIONS;

async function readPicture(name: string, checkpoint: LoadedCheckpoint) {
	const { config, preprocessor } = checkpoint;
	const { image } = await decodeImage(await readFile(join(EXAMPLES, name)), { name, maxPixels });
	const blurred = medianBlur(kernels, image, { window: median });
	const { pixels, grid } = prepareNetworkInput(kernels, blurred, {
		inputSize,
		patchSize: config.patchSize,
		preprocessor,
	});
	const size = { width: grid.inputWidth, height: grid.inputHeight };
	const places = placeInputs(checkpoint, size, { stride: grid.stride, positionGrid: "official" });
	return { name, pixels, grid, places };
}

type Picture = Awaited<ReturnType<typeof readPicture>>;

async function tokenGrids(
	checkpoint: Checkpoint & { readonly folder: string; readonly quantised?: QuantisedWeights },
	pictures: readonly Picture[],
): Promise<TokenGrid[]> {
	const variant = resolveVariant(checkpoint.config, DEFAULT_OPTIONS);
	const session = await createNetworkSession({
		graph: buildNetworkGraph(checkpoint, variant, checkpoint.quantised),
		folder: checkpoint.folder,
		threads: availableParallelism(),
	});
	const grids: TokenGrid[] = [];
	for (const { pixels, grid, places } of pictures) {
		const shape = [1, 3, grid.inputHeight, grid.inputWidth] as const;
		const { tokens, norms } = await session.run({ pixels: pixels.slice(), shape, places });
		grids.push({ ...grid, data: tokens, norms, dim: checkpoint.config.hiddenSize });
	}
	await session.close();
	return grids;
}

async function labels(grid: TokenGrid): Promise<Uint8Array | Uint16Array> {
	const recorder = createStageRecorder({ now: () => 0, yield: () => Promise.resolve() });
	return (await segmentTokens(kernels, grid, DEFAULT_OPTIONS, recorder)).labels.data;
}

const { folder } = await resolveModel(process.argv[2] ?? "tiny");
const checkpoint = await loadCheckpoint(folder);
const cacheFolder = await mkdtemp(join(tmpdir(), "dinoseg-int8-"));
try {
	const quantised = await loadQuantised(checkpoint, { cacheFolder });
	const names = (await readdir(EXAMPLES)).filter((name) => name.endsWith(".jpg"));
	const pictures = await Promise.all(names.map((name) => readPicture(name, checkpoint)));
	const float32 = await tokenGrids(checkpoint, pictures);
	const int8 = await tokenGrids(quantised, pictures);
	console.log("| picture | mean cosine of tokens | ARI of label maps |\n| --- | ---: | ---: |");
	for (const [index, name] of names.entries()) {
		const cosine = meanCosine(float32[index].data, int8[index].data, float32[index].dim);
		const agreement = adjustedRandIndex(await labels(float32[index]), await labels(int8[index]));
		console.log(`| ${name} | ${cosine.toFixed(6)} | ${agreement.toFixed(3)} |`);
	}
} finally {
	await rm(cacheFolder, { recursive: true });
}
