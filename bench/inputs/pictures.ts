import { readFile } from "node:fs/promises";
import { createRandom } from "@dinoseg/core";
import { kMeans } from "@dinoseg/core/cluster";
import type { RgbImage } from "@dinoseg/core/image";
import type { LabelMap } from "@dinoseg/core/labels";
import { clusterScores, type UpsampleOptions, upsampleLabels } from "@dinoseg/core/refine";
import type { GridShape } from "@dinoseg/core/tensor";
import type { Kernels } from "@dinoseg/kernels";
import sharp from "sharp";
import type { ArrayStore, ReadArray } from "./array-store.ts";
import { asMatrix, scores } from "./tokens.ts";

const PHOTOGRAPH = new URL("../../examples/coffee.jpg", import.meta.url);

/** Sides of the pictures by their megapixels. */
export const PICTURE_SIZES = {
	"0.3": [640, 480],
	"0.5": [866, 578],
	"2": [1632, 1224],
	"12": [4000, 3000],
	"48": [8000, 6000],
} as const;
export type Megapixels = keyof typeof PICTURE_SIZES;
export const MEGAPIXELS = ["0.3", "2", "12", "48"] as const satisfies readonly Megapixels[];

/** Pictures that `--quick` leaves out. */
export function isLarge(size: Megapixels): boolean {
	return size === "12" || size === "48";
}

/** An example photograph, enlarged. */
export async function picture(
	store: ArrayStore,
	size: Megapixels,
): Promise<{ image: RgbImage; stored: ReadArray<"uint8"> }> {
	const [width, height] = PICTURE_SIZES[size];
	const stored = await store.array(`picture-${size}`, "uint8", async () => {
		const pixels = sharp(await readFile(PHOTOGRAPH)).resize(width, height, { fit: "fill" });
		return { data: new Uint8Array(await pixels.raw().toBuffer()), shape: [height, width, 3] };
	});
	return { image: { data: stored.data, width, height }, stored };
}

export const CLUSTERS = 8;
/** The grid that the tokens of these pictures lie on. */
export const TOKENS_OF_PICTURES: GridShape = {
	rows: 37,
	cols: 37,
	patchSize: 14,
	stride: 14,
	inputWidth: 518,
	inputHeight: 518,
};

/** The scores of 8 clusters on a grid of 37 x 37 tokens, to be enlarged. `stored` is (37, 37, 8). */
export async function clusterMaps(
	store: ArrayStore,
	kernels: Kernels,
	size: Megapixels,
): Promise<{ options: UpsampleOptions; stored: ReadArray<"float32"> }> {
	const stored = await store.array("cluster-maps", "float32", async () => {
		const points = asMatrix(await scores(store, kernels, "1369 × 384"));
		const { centroids } = kMeans(kernels, points, { clusters: CLUSTERS, restarts: 1, random: createRandom(0) });
		return {
			data: clusterScores(kernels, points, centroids),
			shape: [TOKENS_OF_PICTURES.rows, TOKENS_OF_PICTURES.cols, CLUSTERS],
		};
	});
	const [width, height] = PICTURE_SIZES[size];
	const temperature = meanOfBest(stored.data);
	return {
		options: { scores: stored.data, grid: TOKENS_OF_PICTURES, clusters: CLUSTERS, width, height, temperature },
		stored,
	};
}

/** Inertia / tokens, for the scores of the nearest clusters are minus the squared distances. */
function meanOfBest(maps: Float32Array): number {
	const tokens = maps.length / CLUSTERS;
	let sum = 0;
	for (let token = 0; token < tokens; token++) {
		sum -= Math.max(...maps.subarray(token * CLUSTERS, (token + 1) * CLUSTERS));
	}
	return sum / tokens;
}

/** A label map before it is smoothed. `stored` is (height, width). */
export async function labelMap(
	store: ArrayStore,
	kernels: Kernels,
	size: Megapixels,
): Promise<{ labels: LabelMap; stored: ReadArray<"uint8"> }> {
	const [width, height] = PICTURE_SIZES[size];
	const stored = await store.array(`labels-${size}`, "uint8", async () => {
		const { options } = await clusterMaps(store, kernels, size);
		return { data: upsampleLabels(kernels, options).labels.data as Uint8Array, shape: [height, width] };
	});
	return { labels: { data: stored.data, width, height, count: CLUSTERS }, stored };
}
