import { type Check, checkedRows } from "@dinoseg/kernels";
import type { Superpixels } from "./superpixels.ts";

/** Which superpixels touch, and what lies between them. */
export interface RegionBorders {
	/** Pixels of each superpixel. Shape (superpixels,). */
	readonly areas: Float64Array;
	/** Of each superpixel: the number of its border with each neighbour. */
	readonly neighbours: readonly Map<number, number>[];
	/** Pixel edges of each border. */
	readonly lengths: Float64Array;
	/** Sum over the edges of a border of the mean gradient at both sides. */
	readonly gradients: Float64Array;
}

/** The common borders of superpixels along rows and columns. @param gradient shape (height, width). */
export function findBorders(
	{ data, width, height, count }: Superpixels,
	gradient: Float32Array,
	check: Check,
): RegionBorders {
	const areas = new Float64Array(count);
	const neighbours = Array.from({ length: count }, () => new Map<number, number>());
	const lengths: number[] = [];
	const gradients: number[] = [];
	const add = (pixel: number, next: number): void => {
		const [a, b] = [data[pixel], data[next]];
		if (a === b) {
			return;
		}
		let border = neighbours[a].get(b);
		if (border === undefined) {
			border = lengths.length;
			neighbours[a].set(b, border);
			neighbours[b].set(a, border);
			lengths.push(0);
			gradients.push(0);
		}
		lengths[border]++;
		gradients[border] += (gradient[pixel] + gradient[next]) / 2;
	};
	let pixel = 0;
	for (const y of checkedRows(check, height, width)) {
		for (let x = 0; x < width; x++, pixel++) {
			areas[data[pixel]]++;
			if (x < width - 1) {
				add(pixel, pixel + 1);
			}
			if (y < height - 1) {
				add(pixel, pixel + width);
			}
		}
	}
	return { areas, neighbours, lengths: Float64Array.from(lengths), gradients: Float64Array.from(gradients) };
}
