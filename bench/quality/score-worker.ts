/** A process that scores images, one job after the other. Argument: the folder of the token cache. */
import { readFile } from "node:fs/promises";
import { medianBlur } from "@dinoseg/core/image";
import type { LabelMap } from "@dinoseg/core/labels";
import { evaluateImage } from "@dinoseg/core/metrics";
import { resolveOptions } from "@dinoseg/core/options";
import { createStageRecorder, segmentTokens } from "@dinoseg/core/segment";
import { loadKernels } from "@dinoseg/kernels";
import { decodeImage } from "@dinoseg/node";
import { readLabels } from "@dinoseg/node/datasets";
import { createSegmenter } from "@dinoseg/node/segmenter";
import { colorTokens } from "./color-tokens.ts";
import { startFelzenszwalb } from "./felzenszwalb.ts";
import type { Answer, Job, JobScores, Task } from "./job.ts";

const kernels = await loadKernels();
const segmenter = await createSegmenter({ cacheFolder: process.argv[2], threads: 1 });
const { patchSize } = segmenter.model.config;

const felzenszwalb = await startFelzenszwalb();

/** None where a rival is not installed. */
async function labelsOf(photograph: string, { options, features }: Task): Promise<LabelMap | undefined> {
	if (features === "tokens") {
		return (await segmenter.segment(photograph, options)).labels;
	}
	const settings = resolveOptions(options);
	const { inputSize, median: window, maxPixels } = settings;
	const stride = settings.stride === "patch" ? patchSize : settings.stride;
	if (typeof inputSize !== "number") {
		throw new Error("colour only: the input size must be a number");
	}
	const { image } = await decodeImage(await readFile(photograph), { name: photograph, maxPixels });
	if (features === "felzenszwalb") {
		return felzenszwalb?.segment(image);
	}
	const picture = medianBlur(kernels, image, { window });
	const tokens = colorTokens(kernels, picture, { inputSize, patchSize, stride });
	const recorder = createStageRecorder({ now: () => 0, yield: async () => {} });
	return (await segmentTokens(kernels, tokens, settings, recorder, { picture })).labels;
}

async function score({ id, photograph, truth, reading, tasks }: Job): Promise<JobScores> {
	const annotations = await Promise.all(truth.map((file) => readLabels(file, Number.POSITIVE_INFINITY)));
	const scores = [];
	for (const task of tasks) {
		const predicted = await labelsOf(photograph, task);
		scores.push(predicted === undefined ? {} : evaluateImage({ ...reading, annotations, predicted, name: id }).scores);
	}
	return scores;
}

process.on("message", async (job: Job) => {
	const answer: Answer = await score(job).then(
		(scores) => ({ scores }),
		(error: unknown) => ({ error: `${job.id}: ${error instanceof Error ? error.message : String(error)}` }),
	);
	process.send?.(answer);
});
process.on("disconnect", async () => {
	felzenszwalb?.close();
	await segmenter.dispose();
});
