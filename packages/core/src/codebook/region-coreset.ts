import type { Kernels } from "@dinoseg/kernels";
import { colorGradient, halveImage, type RgbImage } from "../image/index.ts";
import { fitPca, projectPca } from "../linalg/index.ts";
import { whitenComponents } from "../points/whiten.ts";
import {
	buildRegionTree,
	countWithData,
	cutIntoRegions,
	cutPicture,
	describeSuperpixels,
	mostRegions,
	poolTokens,
	type Superpixels,
	weighAreas,
} from "../regions/index.ts";
import { type GridShape, gridGeometry, type Matrix } from "../tensor/index.ts";

/** Points that stand for those of one picture. Measured: a codebook of fewer or more fits classes less well. */
export const CORESET_POINTS = 64;

/** A picture of more pixels is halved until it has no more: its regions need not be exact to the pixel. */
const MOST_PIXELS = 400_000;
/** Share of the variance, and power of the deviations, with which tokens tell regions apart. */
const VARIANCE_SHARE = 0.99;
const WHITENING = 0.5;
/** Share of the picture up to which a region joins another one. */
const SMALLEST_SHARE = 0.001;

export interface Coreset {
	/** Shape (n, D). */
	readonly points: Matrix;
	/** How many points each stands for, above 0. Shape (n,). */
	readonly weights: Float64Array;
}

export interface RegionCoresetOptions {
	/** The picture after the median blur, of any size. */
	readonly picture: RgbImage;
	/** 1 where the picture has data. Shape (height, width). @default every pixel has */
	readonly valid?: Uint8Array | undefined;
	/** Most points. @default 64 */
	readonly count?: number;
	/** What the weights add up to. @default the number of points */
	readonly total?: number;
}

/**
 * Points that stand for all of a picture: the mean point under each of its regions, which counts as much as the region has
 * area. Points on a border between two things, which are a mixture of both, count little in that.
 *
 * Convention: regions are those of the region tree, whatever their number of clusters. Nothing is random.
 *
 * @param points of the patches. Shape (rows * cols, D). Not modified.
 * @param grid   where the patches lie.
 * @throws DinosegError SHAPE_MISMATCH, OPTION_INVALID
 */
export function regionCoreset(
	kernels: Kernels,
	points: Matrix,
	grid: GridShape,
	options: RegionCoresetOptions,
): Coreset {
	const { count = CORESET_POINTS, total = points.rows } = options;
	const { picture, valid } = halveToFit(kernels, options);
	const { superpixels, working, colors, areas } = cutPicture(kernels, picture);
	const counted = valid ? countWithData(superpixels, valid, kernels.check) : areas;
	const { model } = fitPca(kernels, points, VARIANCE_SHARE);
	const compared = whitenComponents(projectPca(kernels, model, points), WHITENING, kernels.check);
	const tree = buildRegionTree(kernels, working, {
		features: describeSuperpixels(kernels, working, colors, compared, grid),
		gradient: colorGradient(colors, kernels.check),
		areas: valid ? weighAreas(counted) : areas,
		minAreaPixels: Math.ceil(SMALLEST_SHARE * counted.reduce((sum, area) => sum + area, 0)),
	});
	const regions = Math.max(1, Math.min(count, mostRegions(tree)));
	const table = cutIntoRegions(tree, regions);
	const map: Superpixels = { ...superpixels, data: superpixels.data.map((leaf) => table[leaf]), count: regions };
	const means = poolTokens(kernels, map, points, gridGeometry(grid, map.width, map.height));
	return {
		points: { data: Float32Array.from(means), rows: regions, cols: points.cols },
		weights: weightsOf(table, counted, regions, total),
	};
}

/** Weights of regions by their pixels with data; all the same where none has any. */
function weightsOf(table: Uint16Array, counted: Float64Array, regions: number, total: number): Float64Array {
	const pixels = new Float64Array(regions);
	for (let leaf = 0; leaf < table.length; leaf++) {
		pixels[table[leaf]] += counted[leaf];
	}
	const sum = pixels.reduce((all, area) => all + area, 0);
	return pixels.map((area) => (sum > 0 ? (area / sum) * total : total / regions));
}

function halveToFit(
	{ check }: Kernels,
	{ picture: given, valid: mask }: RegionCoresetOptions,
): Pick<RegionCoresetOptions, "picture" | "valid"> {
	let picture = given;
	let valid = mask;
	while (picture.width * picture.height > MOST_PIXELS) {
		valid &&= halveMask(valid, picture.width, picture.height);
		picture = halveImage(picture, check);
	}
	return { picture, valid };
}

/** 1 where one of the four pixels has data, as `halveImage` joins them. */
function halveMask(mask: Uint8Array, width: number, height: number): Uint8Array {
	const halfWidth = Math.ceil(width / 2);
	const half = new Uint8Array(halfWidth * Math.ceil(height / 2));
	for (let y = 0; y < height; y++) {
		for (let x = 0; x < width; x++) {
			half[(y >> 1) * halfWidth + (x >> 1)] |= mask[y * width + x];
		}
	}
	return half;
}
