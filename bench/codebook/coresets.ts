import type { Random } from "@dinoseg/core";
import { gatherRows, kMeans } from "@dinoseg/core/cluster";
import { type Coreset, regionCoreset } from "@dinoseg/core/codebook";
import type { RgbImage } from "@dinoseg/core/image";
import type { GridShape, Matrix } from "@dinoseg/core/tensor";
import type { Kernels } from "@dinoseg/kernels";

/** What a coreset is made of. */
export interface CoresetInput {
	/** Shape (rows * cols, D). */
	readonly points: Matrix;
	readonly grid: GridShape;
	/** After the median blur. */
	readonly picture: RgbImage;
	readonly random: Random;
}

/** Kinds of points that can stand for those of a picture; the last is what dinoseg does. */
export const CORESETS: Readonly<Record<string, (kernels: Kernels, input: CoresetInput, count: number) => Coreset>> = {
	"all patches": (_kernels, { points }) => ({ points, weights: new Float64Array(points.rows).fill(1) }),
	"drawn patches": ({ check }, { points, random }, count) => {
		const order = Uint32Array.from({ length: points.rows }, (_, row) => row);
		for (let at = 0; at < count; at++) {
			const other = at + Math.floor(random.next() * (points.rows - at));
			[order[at], order[other]] = [order[other], order[at]];
		}
		return {
			points: { data: gatherRows(points, order, count, check), rows: count, cols: points.cols },
			weights: new Float64Array(count).fill(points.rows / count),
		};
	},
	/** Source: Bachem, Lucic and Krause 2018, doi:10.1145/3219819.3219973. */
	"lightweight coreset": (kernels, { points, random }, count) => {
		const { data, rows, cols } = points;
		const distances = kernels.squaredDistances(data, rows, cols, kernels.columnMeans(data, rows, cols), 1);
		const total = distances.reduce((sum, distance) => sum + distance, 0);
		const chances = distances.map((distance) => 0.5 / rows + (0.5 * distance) / total);
		const drawn = Uint32Array.from({ length: count }, () => drawRow(chances, random.next()));
		return {
			points: { data: gatherRows(points, drawn, count, kernels.check), rows: count, cols },
			weights: Float64Array.from(drawn, (row) => 1 / (count * chances[row])),
		};
	},
	"k-means of the patches": (kernels, { points, random }, count) => {
		const found = kMeans(kernels, points, { clusters: count, restarts: 1, random, maxIterations: 10 });
		const weights = new Float64Array(found.clusters);
		for (const label of found.labels) {
			weights[label]++;
		}
		return {
			points: { data: Float32Array.from(found.centroids), rows: found.clusters, cols: points.cols },
			weights,
		};
	},
	regions: (kernels, { points, grid, picture }, count) => regionCoreset(kernels, points, grid, { picture, count }),
};

function drawRow(chances: Float64Array, uniform: number): number {
	let left = uniform;
	let row = 0;
	while (row < chances.length - 1 && left >= chances[row]) {
		left -= chances[row];
		row++;
	}
	return row;
}
