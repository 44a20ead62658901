import { readFile } from "node:fs/promises";
import { medianBlur, type RgbImage } from "@dinoseg/core/image";
import type { LabelMap } from "@dinoseg/core/labels";
import { DEFAULT_OPTIONS, type PartialOptions } from "@dinoseg/core/options";
import type { TokenGrid } from "@dinoseg/core/tensor";
import type { Kernels } from "@dinoseg/kernels";
import { decodeImage } from "@dinoseg/node";
import { readLabels } from "@dinoseg/node/datasets";
import type { Segmenter } from "@dinoseg/node/segmenter";
import { colorTokens } from "../quality/color-tokens.ts";
import type { TruthImage } from "../quality/data.ts";

/** A picture with its tokens by how they were made. */
export interface BenchPicture {
	readonly id: string;
	/** After the median blur. */
	readonly picture: RgbImage;
	readonly truth: LabelMap;
	tokens(features: Features): Promise<TokenGrid>;
}

/** Tokens of the network, with a step after it or none, or the mean colour of each patch. */
const FEATURES = {
	tokens: {},
	debias: { debias: true },
	repair: { repair: true },
	color: undefined,
} as const satisfies Record<string, PartialOptions | undefined>;
export type Features = keyof typeof FEATURES;

export async function readPicture(kernels: Kernels, segmenter: Segmenter, image: TruthImage): Promise<BenchPicture> {
	const { id, photograph, truth } = image;
	const decoded = await decodeImage(await readFile(photograph), { name: id, maxPixels: DEFAULT_OPTIONS.maxPixels });
	const picture = medianBlur(kernels, decoded.image, { window: DEFAULT_OPTIONS.median });
	const { patchSize } = segmenter.model.config;
	return {
		id,
		picture,
		truth: await readLabels(truth[0], Number.POSITIVE_INFINITY),
		async tokens(features) {
			const options = FEATURES[features];
			return options === undefined
				? colorTokens(kernels, picture, { inputSize: 518, patchSize, stride: patchSize })
				: segmenter.features(photograph, options);
		},
	};
}
