import type { Kernels } from "@dinoseg/kernels";
import { allocateLabels, type LabelMap } from "../labels/label-map.ts";

/** Longer side, pixels, of the map in which points are looked for. */
const SEARCHED_SIDE = 900;
/** Distances are counted in thirds of a pixel: a step along an axis is 3, along a diagonal 4. */
const STEP = 3;
const DIAGONAL = 4;

/** Where a connected part of a segment is widest. */
export interface InteriorPoint {
	readonly id: number;
	/** Pixels of the map. */
	readonly x: number;
	readonly y: number;
	/** How far every other segment and the picture's border are away, at least, pixels. */
	readonly radius: number;
}

/**
 * The middle of the widest place of each connected part of a label map, as far as that is wide enough.
 *
 * Of a large map it is looked for in every so many-th row and column.
 *
 * Source: 3-4 chamfer distance, Borgefors 1986, doi:10.1016/S0734-189X(86)80047-0.
 *
 * @param radius least radius that counts, pixels.
 */
export function interiorPoints(kernels: Kernels, labels: LabelMap, radius: number): InteriorPoint[] {
	const step = Math.max(1, Math.max(labels.width, labels.height) / SEARCHED_SIDE);
	const { data, width, height } = reduce(labels, step);
	const parts = kernels.connectedRegions(data, width, height);
	const distances = measureDistances(parts.data, width, height, kernels.check);
	const widest = new Int32Array(parts.count).fill(-1);
	for (let pixel = 0; pixel < distances.length; pixel++) {
		const part = parts.data[pixel];
		if (widest[part] === -1 || distances[pixel] > distances[widest[part]]) {
			widest[part] = pixel;
		}
	}
	return Array.from(widest, (pixel) => ({
		id: data[pixel],
		x: Math.min(labels.width - 0.5, ((pixel % width) + 0.5) * step),
		y: Math.min(labels.height - 0.5, (Math.floor(pixel / width) + 0.5) * step),
		radius: (distances[pixel] / STEP) * step,
	})).filter((point) => point.radius >= radius);
}

/** The label in the middle of each field of `step` pixels. */
function reduce(labels: LabelMap, step: number): LabelMap {
	if (step === 1) {
		return labels;
	}
	const width = Math.max(1, Math.floor(labels.width / step));
	const height = Math.max(1, Math.floor(labels.height / step));
	const data = allocateLabels(width * height, labels.count);
	for (let y = 0, pixel = 0; y < height; y++) {
		const row = Math.min(labels.height - 1, Math.floor((y + 0.5) * step)) * labels.width;
		for (let x = 0; x < width; x++, pixel++) {
			data[pixel] = labels.data[row + Math.min(labels.width - 1, Math.floor((x + 0.5) * step))];
		}
	}
	return { data, width, height, count: labels.count };
}

/** How far the nearest pixel of another part, or outside of the picture, is away. Shape (height, width). */
function measureDistances(parts: Uint32Array, width: number, height: number, check: () => void): Uint16Array {
	const distances = new Uint16Array(parts.length);
	/** What a neighbour says: nothing is nearer than it is, and one step more. */
	const from = (pixel: number, x: number, y: number, step: number): number => {
		const isInside = x >= 0 && y >= 0 && x < width && y < height;
		const neighbour = y * width + x;
		return step + (isInside && parts[neighbour] === parts[pixel] ? distances[neighbour] : 0);
	};
	for (let y = 0, pixel = 0; y < height; y++) {
		check();
		for (let x = 0; x < width; x++, pixel++) {
			distances[pixel] = Math.min(
				from(pixel, x - 1, y, STEP),
				from(pixel, x, y - 1, STEP),
				from(pixel, x - 1, y - 1, DIAGONAL),
				from(pixel, x + 1, y - 1, DIAGONAL),
			);
		}
	}
	for (let y = height - 1, pixel = parts.length - 1; y >= 0; y--) {
		check();
		for (let x = width - 1; x >= 0; x--, pixel--) {
			distances[pixel] = Math.min(
				distances[pixel],
				from(pixel, x + 1, y, STEP),
				from(pixel, x, y + 1, STEP),
				from(pixel, x + 1, y + 1, DIAGONAL),
				from(pixel, x - 1, y + 1, DIAGONAL),
			);
		}
	}
	return distances;
}
