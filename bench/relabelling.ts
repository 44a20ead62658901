/**
 * What a user waits for who changes k on a photograph whose tokens are cached: 37 x 37 tokens of 1024 dimensions, as
 * ViT-L/14 makes them, and a photograph of half a megapixel.
 */
import { mkdtemp, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DEFAULT_OPTIONS } from "@dinoseg/core/options";
import { createStageRecorder, segmentTokens } from "@dinoseg/core/segment";
import type { TokenGrid } from "@dinoseg/core/tensor";
import { createTokenCache } from "@dinoseg/node";
import { saveResult } from "@dinoseg/node/results";
import { createSegmenter } from "@dinoseg/node/segmenter";
import sharp from "sharp";
import { simdKernels } from "./harness/simd-kernels.ts";
import type { ArrayStore } from "./inputs/array-store.ts";
import { scores, tokens } from "./inputs/tokens.ts";
import type { PrepareStage } from "./stages.ts";

const PHOTOGRAPH = fileURLToPath(new URL("../examples/coffee.jpg", import.meta.url));
const SHAPE = "1369 × 1024";
const SIDE = 518;
const WIDTH = 866;
const HEIGHT = 578;

/** Another k each time. */
function* changingClusters(): Generator<number> {
	for (let run = 0; ; run++) {
		yield 5 + (run % 4);
	}
}

function grid(data: Float32Array, dim: number): TokenGrid {
	const rows = SIDE / 14;
	const sides = { patchSize: 14, stride: 14, inputWidth: SIDE, inputHeight: SIDE };
	const norms = new Float32Array(rows * rows);
	return { data, norms, rows, cols: rows, dim, ...sides, imageWidth: WIDTH, imageHeight: HEIGHT };
}

async function labelling(given: TokenGrid, pca: typeof DEFAULT_OPTIONS.pca) {
	const data = await sharp(PHOTOGRAPH).resize(WIDTH, HEIGHT, { fit: "fill" }).raw().toBuffer();
	const picture = { data, width: WIDTH, height: HEIGHT };
	const counts = changingClusters();
	return {
		run() {
			const recorder = createStageRecorder({ now: () => 0, yield: async () => {} });
			const clusters = counts.next().value as number;
			return segmentTokens(simdKernels, given, { ...DEFAULT_OPTIONS, clusters, pca }, recorder, { picture });
		},
	};
}

/** A segmenter in whose cache the tokens of the photograph are those of the store. */
async function openPrimed(store: ArrayStore) {
	const folder = await mkdtemp(join(store.folder, "relabelling-"));
	const photograph = join(folder, "photograph.jpg");
	await sharp(PHOTOGRAPH).resize(WIDTH, HEIGHT, { fit: "fill" }).toFile(photograph);
	const options = { inputSize: { width: SIDE, height: SIDE } };
	const first = await createSegmenter({ cacheFolder: folder });
	await first.features(photograph, options);
	await first.dispose();
	const [file] = await readdir(join(folder, "tokens"));
	const { data, shape } = await tokens(store, SHAPE);
	await createTokenCache({ folder }).set(basename(file, ".tokens"), grid(data, shape[1]));
	const segmenter = await createSegmenter({ cacheFolder: folder });
	const counts = changingClusters();
	return {
		output: join(folder, "out"),
		segment: () => segmenter.segment(photograph, { ...options, clusters: counts.next().value as number }),
		release: () => segmenter.dispose(),
	};
}

export const RELABELLING: Readonly<Record<string, PrepareStage>> = {
	async "tokens to label map"(store) {
		const { data, shape } = await tokens(store, SHAPE);
		return labelling(grid(data, shape[1]), DEFAULT_OPTIONS.pca);
	},
	async "PCA scores to label map"(store) {
		const { data, shape } = await scores(store, simdKernels, SHAPE);
		return labelling(grid(data, shape[1]), "off");
	},
	async "file to label map, tokens cached"(store) {
		const { segment, release } = await openPrimed(store);
		return { run: segment, release };
	},
	async "the same, with figure and all files written"(store) {
		const { segment, release, output } = await openPrimed(store);
		return { run: async () => saveResult(await segment(), output, { force: true }), release };
	},
};
