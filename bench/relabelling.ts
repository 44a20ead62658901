/** What a user waits for who changes k on a photograph of half a megapixel whose tokens are cached. */
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
import type { ArrayStore, ReadArray } from "./inputs/array-store.ts";
import { scores, type TokenShape, tokens } from "./inputs/tokens.ts";
import type { PrepareStage } from "./stages.ts";

const PHOTOGRAPH = fileURLToPath(new URL("../examples/coffee.jpg", import.meta.url));
const PATCH_SIZE = 14;

interface Job {
	readonly width: number;
	readonly height: number;
	/** A square of them. */
	readonly shape: TokenShape;
}

/** With tokens as ViT-L/14 makes them at 518. */
export const JOB: Job = { width: 866, height: 578, shape: "1369 × 1024" };
export const QUICK_JOB: Job = { width: 217, height: 145, shape: "256 × 192" };

/** Another k each time. */
function* changingClusters(): Generator<number> {
	for (let run = 0; ; run++) {
		yield 5 + (run % 4);
	}
}

/** The tokens as those of a square. */
function asGrid({ data, shape: [count, dim] }: ReadArray<"float32">, { width, height }: Job): TokenGrid {
	const rows = Math.sqrt(count);
	const side = rows * PATCH_SIZE;
	const sides = { patchSize: PATCH_SIZE, stride: PATCH_SIZE, inputWidth: side, inputHeight: side };
	return {
		data,
		norms: new Float32Array(count),
		rows,
		cols: rows,
		dim,
		...sides,
		imageWidth: width,
		imageHeight: height,
	};
}

async function labelling(array: ReadArray<"float32">, job: Job, pca: typeof DEFAULT_OPTIONS.pca) {
	const { width, height } = job;
	const data = await sharp(PHOTOGRAPH).resize(width, height, { fit: "fill" }).raw().toBuffer();
	const picture = { data, width, height };
	const given = asGrid(array, job);
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
async function openPrimed(store: ArrayStore, job: Job) {
	const folder = await mkdtemp(join(store.folder, "relabelling-"));
	const photograph = join(folder, "photograph.jpg");
	await sharp(PHOTOGRAPH).resize(job.width, job.height, { fit: "fill" }).toFile(photograph);
	const grid = asGrid(await tokens(store, job.shape), job);
	const options = { inputSize: { width: grid.inputWidth, height: grid.inputHeight } };
	const first = await createSegmenter({ cacheFolder: folder });
	await first.features(photograph, options);
	await first.dispose();
	const [file] = await readdir(join(folder, "tokens"));
	await createTokenCache({ folder }).set(basename(file, ".tokens"), grid);
	const segmenter = await createSegmenter({ cacheFolder: folder });
	const counts = changingClusters();
	return {
		output: join(folder, "out"),
		segment: () => segmenter.segment(photograph, { ...options, clusters: counts.next().value as number }),
		release: () => segmenter.dispose(),
	};
}

/** What is timed, by name. */
export function relabelling(job: Job): Readonly<Record<string, PrepareStage>> {
	return {
		async "tokens to label map"(store) {
			return labelling(await tokens(store, job.shape), job, DEFAULT_OPTIONS.pca);
		},
		async "PCA scores to label map"(store) {
			return labelling(await scores(store, simdKernels, job.shape), job, "off");
		},
		async "file to label map, tokens cached"(store) {
			const { segment, release } = await openPrimed(store, job);
			return { run: segment, release };
		},
		async "the same, with figure and all files written"(store) {
			const { segment, release, output } = await openPrimed(store, job);
			return { run: async () => saveResult(await segment(), output, { force: true }), release };
		},
	};
}
