import type { Check } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import type { RgbImage } from "../image/rgb-image.ts";
import { type Area, areaOf, meanColorOf, sumAreas } from "./area-sums.ts";
import { segmentPixels } from "./background.ts";
import type { IdMap } from "./column-runs.ts";
import type { LabelMap } from "./label-map.ts";
import type { LabelRegions } from "./label-regions.ts";

/** What one segment covers. */
export interface SegmentStatistics extends Area {
	/** Mean of the picture over the segment, per channel of sRGB, rounded, as `#rrggbb`. */
	readonly meanColor: string;
}

/**
 * Size, place and mean colour of every segment, in one pass.
 *
 * @param check called between rows; what it throws ends the call. Default: none.
 * @returns by rising id; ids that no pixel has are left out, and so is the background.
 * @throws DinosegError SHAPE_MISMATCH if the picture has another size, OPTION_INVALID if an id is not below count.
 */
export function segmentStatistics(labels: LabelMap, image: RgbImage, check: Check = noCheck): SegmentStatistics[] {
	const total = segmentPixels(labels, check);
	const sums = sumAreas("segmentStatistics", { ...labels, total }, image, check);
	const colors = sums.colors as Float64Array;
	const segments: SegmentStatistics[] = [];
	for (let id = 0; id < labels.count; id++) {
		if (sums.pixels[id] > 0 && id !== labels.background) {
			segments.push({ ...areaOf(sums, id), meanColor: meanColorOf(colors, sums.pixels[id], id) });
		}
	}
	return segments;
}

/** Size, place and form of one segment or connected region. */
export interface RegionStatistics extends Area {
	/**
	 * Length of the boundary: how many sides of its pixels lie on another id or on the picture's border. The rims of holes
	 * count too: a ring of 8 pixels around one has 12 + 4.
	 */
	readonly perimeter: number;
	/** Mean of the photograph, per channel of sRGB, rounded, as `#rrggbb`. @default there is no photograph */
	readonly meanColor?: string | undefined;
}

/**
 * Measure every segment of a label map, or every connected region: `labelRegions` and the map's sides.
 *
 * @param photograph of the map's size, for mean colours.
 * @param check      called between rows; what it throws ends the call. Default: none.
 * @returns what was measured of an id; nothing if no pixel has it. Not a list, because noise has millions of regions.
 * @throws DinosegError SHAPE_MISMATCH if the photograph has another size, OPTION_INVALID if an id is not below count.
 */
export function regionStatistics(
	map: IdMap,
	photograph?: RgbImage,
	check: Check = noCheck,
): (id: number) => RegionStatistics | undefined {
	const areas = sumAreas("regionStatistics", map, photograph, check);
	const halfPerimeters = sumHalfPerimeters(check, map);
	return (id) => {
		const pixels = areas.pixels[id] ?? 0;
		if (pixels === 0) {
			return undefined;
		}
		return {
			...areaOf(areas, id),
			perimeter: 2 * halfPerimeters[id],
			meanColor: areas.colors && meanColorOf(areas.colors, pixels, id),
		};
	};
}

/** As many sides of an id are left as right, and as many above as below. Shape (count,). */
function sumHalfPerimeters(check: Check, { data, width, height, count }: IdMap): Uint32Array {
	const halfPerimeters = new Uint32Array(count);
	for (let y = 0; y < height; y++) {
		check();
		const row = y * width;
		const rowEnd = row + width;
		let index = row;
		while (index < rowEnd) {
			const id = data[index];
			// Pixels with another id above, or none.
			let tops = 0;
			do {
				tops += y > 0 && data[index - width] === id ? 0 : 1;
				index++;
			} while (index < rowEnd && data[index] === id);
			halfPerimeters[id] += 1 + tops;
		}
	}
	return halfPerimeters;
}

/**
 * In how many connected regions each segment lies.
 *
 * @param count of the label map.
 * @returns shape (count,).
 */
export function countRegions(regions: LabelRegions, count: number): Uint32Array {
	const counts = new Uint32Array(count);
	for (const segment of regions.segments) {
		counts[segment]++;
	}
	return counts;
}
