import type { SegmentationListener } from "@dinoseg/core";
import type { LabelMap } from "@dinoseg/core/labels";
import { evaluateImage, type ImageEvaluation, type TreeEvaluation, type TruthReading } from "@dinoseg/core/metrics";
import { readLabels, type TruthOfImage } from "@dinoseg/node/datasets";
import { evaluateCuts } from "./evaluate-cuts.ts";
import type { EvaluatedImage } from "./evaluated-dataset.ts";
import type { LabelSource } from "./label-source.ts";

/** An image with its scores, and the label map of its first run. */
export interface ScoredImage extends EvaluatedImage {
	readonly labels: LabelMap;
}

/**
 * Score one image against its truth: every label map that the source has of it against every annotation.
 *
 * @param maxPixels  larger truth files are refused.
 * @param scoresTree whether all cuts of regions are scored too.
 * @throws DinosegError of reading, segmenting or scoring; it names a file or the image.
 */
export async function evaluateOne(
	{ id, files }: TruthOfImage,
	source: LabelSource,
	reading: TruthReading,
	{ maxPixels, scoresTree }: { readonly maxPixels: number; readonly scoresTree: boolean },
	onEvent: SegmentationListener,
): Promise<ScoredImage> {
	const annotations: LabelMap[] = [];
	for (const file of files) {
		annotations.push(await readLabels(file, maxPixels));
	}
	const runs: ImageEvaluation[] = [];
	let first: LabelMap | undefined;
	let tree: TreeEvaluation | undefined;
	for await (const { labels, cut } of source.labels(id, onEvent)) {
		first ??= labels;
		runs.push(evaluateImage({ ...reading, annotations, predicted: labels, name: id }));
		if (scoresTree && cut !== undefined) {
			tree = evaluateCuts({ ...reading, annotations, name: id }, cut);
		}
	}
	return { id, annotators: files.length, runs, labels: first as LabelMap, ...(tree ? { tree } : {}) };
}
