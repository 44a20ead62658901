import type { RgbImage } from "../image/rgb-image.ts";

/** Writes row `y` of an RGB picture into `row`, shape (width, 3). */
export type RowReader = (y: number, row: Uint8Array) => void;

/** Which source pixels an output pixel covers along one axis. */
interface Coverage {
	readonly first: number;
	readonly weights: Float64Array;
}

function coverages(size: number, outputSize: number): Coverage[] {
	const scale = size / outputSize;
	return Array.from({ length: outputSize }, (_, index) => {
		const begin = index * scale;
		const end = Math.min((index + 1) * scale, size);
		const first = Math.min(Math.floor(begin), size - 1);
		const weights = new Float64Array(Math.max(1, Math.ceil(end) - first));
		let sum = 0;
		for (let offset = 0; offset < weights.length; offset++) {
			weights[offset] = Math.max(0, Math.min(first + offset + 1, end) - Math.max(first + offset, begin));
			sum += weights[offset];
		}
		return { first, weights: weights.map((weight) => weight / sum) };
	});
}

/**
 * Resize by the exact area that each output pixel covers, so flat colours never overshoot: shrinking averages, enlarging
 * shows square pixels with antialiased borders.
 *
 * Convention: pixels are squares; output pixel x covers source [x * width / outputWidth, (x + 1) * width / outputWidth).
 *
 * @param readRow source of the picture (height, width, 3), asked row by row from the top.
 */
export function areaResample(
	readRow: RowReader,
	width: number,
	height: number,
	outputWidth: number,
	outputHeight: number,
): RgbImage {
	const columns = coverages(width, outputWidth);
	const source = new Uint8Array(width * 3);
	const narrowed = new Float64Array(outputWidth * 3);
	const sums = new Float64Array(outputWidth * 3);
	const data = new Uint8Array(outputWidth * outputHeight * 3);
	let loaded = -1;
	const load = (y: number): void => {
		if (y === loaded) {
			return;
		}
		readRow(y, source);
		loaded = y;
		for (let x = 0; x < outputWidth; x++) {
			const { first, weights } = columns[x];
			let red = 0;
			let green = 0;
			let blue = 0;
			for (let offset = 0; offset < weights.length; offset++) {
				const weight = weights[offset];
				const index = (first + offset) * 3;
				red += weight * source[index];
				green += weight * source[index + 1];
				blue += weight * source[index + 2];
			}
			narrowed[x * 3] = red;
			narrowed[x * 3 + 1] = green;
			narrowed[x * 3 + 2] = blue;
		}
	};
	const rows = coverages(height, outputHeight);
	for (let y = 0; y < outputHeight; y++) {
		sums.fill(0.5);
		const { first, weights } = rows[y];
		for (let offset = 0; offset < weights.length; offset++) {
			if (weights[offset] > 0) {
				load(first + offset);
				for (let index = 0; index < sums.length; index++) {
					sums[index] += weights[offset] * narrowed[index];
				}
			}
		}
		for (let index = 0; index < sums.length; index++) {
			data[y * sums.length + index] = Math.floor(sums[index]);
		}
	}
	return { data, width: outputWidth, height: outputHeight };
}
