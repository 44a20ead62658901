import type { SegmentationListener } from "@dinoseg/core";
import type { RgbImage } from "@dinoseg/core/image";
import type { LabelMap } from "@dinoseg/core/labels";
import type { SegmentationOptions } from "@dinoseg/core/options";
import type { RegionSegmentation } from "@dinoseg/core/segment";
import { decodeImage, readInput } from "@dinoseg/node";
import { type FileFinder, readLabels } from "@dinoseg/node/datasets";
import type { Segmenter } from "@dinoseg/node/segmenter";

/** A label map, and what it was cut from if it shows regions. */
export interface Predicted {
	readonly labels: LabelMap;
	readonly cut?: Pick<RegionSegmentation, "superpixels" | "tree">;
}

/** Where the label maps that are scored come from. */
export interface LabelSource {
	/** Seed of each run; none for label maps that are there already, which is one run. */
	readonly seeds: readonly number[] | undefined;
	/** The photograph of an image as it is segmented, if the source has photographs. */
	readonly photograph: ((id: string) => Promise<RgbImage>) | undefined;
	/** The label maps of an image, one per run, one after the other. */
	labels(id: string, onEvent: SegmentationListener): AsyncIterable<Predicted>;
}

/** Label maps that are there already. */
export function readyLabels(find: FileFinder, maxPixels: number): LabelSource {
	return {
		seeds: undefined,
		photograph: undefined,
		async *labels(id) {
			yield { labels: await readLabels(await find(id), maxPixels) };
		},
	};
}

/** Label maps that are made from photographs, one for each seed. */
export function segmentedLabels(
	find: FileFinder,
	segmenter: Segmenter,
	options: SegmentationOptions,
	runs: number,
): LabelSource {
	const seeds = Array.from({ length: runs }, (_, run) => options.seed + run);
	return {
		seeds,
		async photograph(id) {
			const name = await find(id);
			const { bytes } = await readInput(name);
			return (await decodeImage(bytes, { ...options, name })).image;
		},
		async *labels(id, onEvent) {
			const photograph = await find(id);
			for (const seed of seeds) {
				// A picture has the same warnings with every seed.
				const listener: SegmentationListener = (event) => {
					if (event.type !== "warning" || seed === seeds[0]) {
						onEvent(event);
					}
				};
				const result = await segmenter.segment(photograph, { ...options, seed, onEvent: listener });
				yield result.kind === "regions" ? { labels: result.labels, cut: result } : { labels: result.labels };
			}
		},
	};
}
