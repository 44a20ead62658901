import { DinosegError } from "../errors/index.ts";
import { checkRgbImage, type RgbImage } from "../image/rgb-image.ts";
import { checkLabelMap, type LabelMap } from "./label-map.ts";
import { colorToHex } from "./palette.ts";

/** What one segment covers. */
export interface SegmentStatistics {
	readonly id: number;
	readonly pixels: number;
	/** Part of the picture, above 0 and at most 1. */
	readonly share: number;
	/** Smallest upright rectangle around the segment, connected or not, in pixels of the original. */
	readonly bbox: readonly [x: number, y: number, width: number, height: number];
	/** Mean of the picture over the segment, per channel of sRGB, rounded, as `#rrggbb`. */
	readonly meanColor: string;
}

/** Sums per segment while the map is read: pixel count, three colour sums. */
const SUMS = 4;

/**
 * Size, place and mean colour of every segment, in one pass.
 *
 * @returns by rising id; ids that no pixel has are left out.
 * @throws DinosegError SHAPE_MISMATCH if the picture has another size, OPTION_INVALID if an id is not below count.
 */
export function segmentStatistics(labels: LabelMap, image: RgbImage): SegmentStatistics[] {
	checkLabelMap("segmentStatistics", labels);
	checkRgbImage("segmentStatistics", image);
	checkSameSize("segmentStatistics", labels, image);
	const { data, width, height, count } = labels;
	const pixels = image.data;
	const sums = new Float64Array(count * SUMS);
	const left = new Int32Array(count).fill(width);
	const right = new Int32Array(count).fill(-1);
	const top = new Int32Array(count).fill(-1);
	const bottom = new Int32Array(count);
	for (let y = 0; y < height; y++) {
		const rowEnd = (y + 1) * width;
		let index = y * width;
		while (index < rowEnd) {
			const id = data[index];
			if (id >= count) {
				throw idOutOfRange(id, count);
			}
			const begin = index;
			let red = 0;
			let green = 0;
			let blue = 0;
			do {
				red += pixels[index * 3];
				green += pixels[index * 3 + 1];
				blue += pixels[index * 3 + 2];
				index++;
			} while (index < rowEnd && data[index] === id);
			sums[id * SUMS] += index - begin;
			sums[id * SUMS + 1] += red;
			sums[id * SUMS + 2] += green;
			sums[id * SUMS + 3] += blue;
			const x = begin - y * width;
			left[id] = Math.min(left[id], x);
			right[id] = Math.max(right[id], x + index - begin - 1);
			top[id] = top[id] < 0 ? y : top[id];
			bottom[id] = y;
		}
	}
	const segments: SegmentStatistics[] = [];
	for (let id = 0; id < count; id++) {
		const size = sums[id * SUMS];
		if (size > 0) {
			const mean = (channel: number): number => Math.floor(sums[id * SUMS + channel] / size + 0.5);
			segments.push({
				id,
				pixels: size,
				share: size / data.length,
				bbox: [left[id], top[id], right[id] - left[id] + 1, bottom[id] - top[id] + 1],
				meanColor: colorToHex([mean(1), mean(2), mean(3)]),
			});
		}
	}
	return segments;
}

function checkSameSize(where: string, labels: LabelMap, image: RgbImage): void {
	if (labels.width !== image.width || labels.height !== image.height) {
		throw new DinosegError(
			"SHAPE_MISMATCH",
			`${where}: labels (height, width) must match the picture (${image.height}, ${image.width}), ` +
				`got (${labels.height}, ${labels.width}). Pass the label map at the size of the original.`,
			{ details: { expected: [image.height, image.width], actual: [labels.height, labels.width] } },
		);
	}
}

function idOutOfRange(id: number, count: number): DinosegError {
	return new DinosegError(
		"OPTION_INVALID",
		`segmentStatistics: ids must be below the map's count ${count}, got ${id}. Raise count to the highest id + 1.`,
		{ details: { id, count } },
	);
}
