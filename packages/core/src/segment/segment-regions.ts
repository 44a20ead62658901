import { checkedParts, type Kernels } from "@dinoseg/kernels";
import type { ClusterChoice } from "../cluster/index.ts";
import { colorGradient, type RgbImage } from "../image/index.ts";
import { clearBackground, markBackground } from "../labels/background.ts";
import { allocateLabels, type LabelMap } from "../labels/label-map.ts";
import type { ClusterRange, SegmentationOptions } from "../options/index.ts";
import { MAX_SWEEP, minimumPixels } from "../options/index.ts";
import {
	buildRegionTree,
	countAtHeight,
	countWithData,
	cutIntoRegions,
	cutPicture,
	describeSuperpixels,
	detailOfCount,
	heightOfDetail,
	mostRegions,
	nodeStrengths,
	nodesOfCut,
	type PictureSuperpixels,
	type RegionTree,
	type Superpixels,
	weighAreas,
} from "../regions/index.ts";
import type { GridShape } from "../tensor/index.ts";
import type { ReducedTokens } from "./reduce-tokens.ts";
import type { RegionSegmentation } from "./segmentation.ts";
import type { StageRecorder } from "./stage-recorder.ts";

/** The options that decide regions, from the tokens after PCA on. */
export type RegionOptions = Pick<SegmentationOptions, "clusters" | "detail" | "minArea">;

/** What the picture of regions is, however it is cut. */
export interface RegionSources {
	/** After the median blur. */
	readonly picture: RgbImage;
	/** 1 where the picture has data: all other pixels belong to no region. @default every pixel has */
	readonly valid?: Uint8Array | undefined;
	/** Keeps what every cut shares. @default nothing is kept */
	readonly grown?: KeptRegions | undefined;
	/** Keeps superpixels, which are the same whatever the tokens. @default they are made each time */
	readonly cuts?: KeptCuts | undefined;
}

/** Superpixels of pictures, as long as the pictures are kept. Nobody may write to them. */
export type KeptCuts = WeakMap<RgbImage, PictureSuperpixels>;

/** What every cut of a picture shares. */
export type GrownRegions = Pick<RegionSegmentation, "superpixels" | "tree" | "features" | "minAreaPixels" | "pca">;

/** Keeps regions, for calls with the same picture, reduced tokens and minimum area. Nobody may write to them. */
export interface KeptRegions {
	get(): GrownRegions | undefined;
	set(grown: GrownRegions): void;
}

/**
 * Cut a picture into superpixels, let them grow together by colour and by what the network sees, and cut the tree of that
 * as the options say.
 *
 * @param grid    where the tokens lie; their values are not read.
 * @param reduced from `reduceTokens` on the same grid, without a place.
 * @throws DinosegError SHAPE_MISMATCH, ABORTED
 */
export async function segmentRegions(
	kernels: Kernels,
	grid: GridShape,
	reduced: ReducedTokens,
	options: RegionOptions,
	{ picture, valid, grown, cuts }: RegionSources,
	recorder: StageRecorder,
): Promise<RegionSegmentation> {
	const known = grown?.get();
	if (known) {
		recorder.skip("superpixels");
		return recorder.run("regions", () => cutRegions(kernels, known, options, valid, recorder));
	}
	const cut = await cutOnce(kernels, picture, cuts, recorder);
	return recorder.run("regions", () => {
		const regions = growRegions(kernels, cut, grid, reduced, options, valid);
		grown?.set(regions);
		return cutRegions(kernels, regions, options, valid, recorder);
	});
}

/** Cut a picture into superpixels, unless they are kept. @throws DinosegError SHAPE_MISMATCH, ABORTED */
export async function cutOnce(
	kernels: Kernels,
	picture: RgbImage,
	cuts: KeptCuts | undefined,
	recorder: StageRecorder,
): Promise<PictureSuperpixels> {
	const known = cuts?.get(picture);
	if (known) {
		recorder.skip("superpixels");
		return known;
	}
	const cut = await recorder.run("superpixels", () => cutPicture(kernels, picture));
	cuts?.set(picture, cut);
	return cut;
}

function growRegions(
	kernels: Kernels,
	{ superpixels, working, colors, areas }: PictureSuperpixels,
	grid: GridShape,
	{ points, model }: ReducedTokens,
	{ minArea }: RegionOptions,
	valid: Uint8Array | undefined,
): GrownRegions {
	const counted = valid ? countWithData(superpixels, valid, kernels.check) : areas;
	const minAreaPixels = minimumPixels(
		minArea,
		counted.reduce((sum, area) => sum + area, 0),
	);
	const features = describeSuperpixels(kernels, working, colors, points, grid);
	const gradient = colorGradient(colors, kernels.check);
	const tree = buildRegionTree(
		kernels,
		working,
		valid
			? { features, gradient, areas: weighAreas(counted), minAreaPixels: Math.max(1, minAreaPixels) }
			: { features, gradient, areas, minAreaPixels },
	);
	return { superpixels, tree, features, minAreaPixels, ...(model ? { pca: model } : {}) };
}

function cutRegions(
	kernels: Kernels,
	grown: GrownRegions,
	options: RegionOptions,
	valid: Uint8Array | undefined,
	recorder: StageRecorder,
): RegionSegmentation {
	const { superpixels, tree, pca, ...others } = grown;
	const { asked, regions, choice } = chooseCut(tree, options);
	warnOfFew(asked, mostRegions(tree), recorder);
	const confidence = paintStrengths(kernels, superpixels, tree, regions);
	if (valid) {
		clearBackground(confidence, valid, kernels.check);
	}
	return {
		kind: "regions",
		superpixels,
		tree,
		...others,
		labels: paintRegions(kernels, superpixels, tree, regions, valid),
		confidence,
		regions,
		...(choice ? { choice } : {}),
		...(pca ? { pca } : {}),
	};
}

/** How many regions a tree is cut into. */
export interface RegionCut {
	readonly regions: number;
	/** As many as the options ask for at least. */
	readonly asked: number;
	readonly choice?: ClusterChoice;
}

/**
 * How many regions a tree is cut into by the options: the number that they give, as far as there are superpixels, or the one
 * that is chosen.
 */
export function chooseCut(
	tree: RegionTree,
	{ clusters, detail }: Pick<RegionOptions, "clusters" | "detail">,
): RegionCut {
	if (typeof clusters === "number") {
		return { regions: Math.min(clusters, mostRegions(tree)), asked: clusters };
	}
	const choice = chooseRegions(tree, clusters, detail);
	const regions = choice.clusters;
	return { regions, asked: clusters === "auto" ? regions : clusters.min, choice };
}

function warnOfFew(asked: number, superpixels: number, recorder: StageRecorder): void {
	if (superpixels < asked) {
		recorder.warn({
			code: "FEWER_SEGMENTS",
			message:
				superpixels === 1
					? `${asked} regions were asked for, but the picture has only 1 superpixel, which makes 1 region.`
					: `${asked} regions were asked for, but the picture has only ${superpixels} superpixels, which make as many regions.`,
		});
	}
}

/**
 * The number of regions that a detail gives, within a range; the curve is the detail above which a picture has so many.
 *
 * @param range "auto": any number; the curve ends where a sweep would, or at the chosen one if that is more.
 */
export function chooseRegions(tree: RegionTree, range: ClusterRange | "auto", detail: number): ClusterChoice {
	const found = countAtHeight(tree, heightOfDetail(detail));
	const { min, max } = range === "auto" ? { min: 1, max: Math.max(found, MAX_SWEEP) } : range;
	const most = Math.min(max, mostRegions(tree));
	const least = Math.min(min, most);
	return {
		criterion: "detail",
		clusters: Math.max(least, Math.min(found, most)),
		curve: Array.from({ length: most - least + 1 }, (_, index) => ({
			clusters: least + index,
			value: detailOfCount(tree, least + index),
		})),
	};
}

/** The ids of a cut at the size of the picture, the background marked. */
export function paintRegions(
	kernels: Kernels,
	superpixels: Superpixels,
	tree: RegionTree,
	regions: number,
	valid?: Uint8Array,
): LabelMap {
	const table = cutIntoRegions(tree, regions);
	const { data, width, height } = superpixels;
	const labels = allocateLabels(data.length, regions);
	paint(kernels, data, table, labels);
	const map = { data: labels, width, height, count: regions };
	return valid ? markBackground(map, valid, kernels.check) : map;
}

/** How long the region of each pixel stays while cuts become coarser. Shape (height, width). */
function paintStrengths(kernels: Kernels, { data }: Superpixels, tree: RegionTree, regions: number): Uint8Array {
	const strengths = nodeStrengths(tree);
	const confidence = new Uint8Array(data.length);
	paint(
		kernels,
		data,
		Uint8Array.from(nodesOfCut(tree, regions), (node) => strengths[node]),
		confidence,
	);
	return confidence;
}

/** Give each pixel what a table says of its superpixel. @param target shape (height, width). */
export function paint(
	{ check }: Kernels,
	superpixels: Uint16Array,
	table: ArrayLike<number>,
	target: Uint8Array | Uint16Array,
) {
	for (const { from, to } of checkedParts(check, superpixels.length)) {
		for (let pixel = from; pixel < to; pixel++) {
			target[pixel] = table[superpixels[pixel]];
		}
	}
}
