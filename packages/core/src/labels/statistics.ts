import type { Check } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import type { RgbImage } from "../image/rgb-image.ts";
import { type Area, areaOf, meanColorOf, sumAreas } from "./area-sums.ts";
import type { LabelMap } from "./label-map.ts";

/** What one segment covers. */
export interface SegmentStatistics extends Area {
	/** Mean of the picture over the segment, per channel of sRGB, rounded, as `#rrggbb`. */
	readonly meanColor: string;
}

/**
 * Size, place and mean colour of every segment, in one pass.
 *
 * @param check called between rows; what it throws ends the call. Default: none.
 * @returns by rising id; ids that no pixel has are left out.
 * @throws DinosegError SHAPE_MISMATCH if the picture has another size, OPTION_INVALID if an id is not below count.
 */
export function segmentStatistics(labels: LabelMap, image: RgbImage, check: Check = noCheck): SegmentStatistics[] {
	const sums = sumAreas("segmentStatistics", labels, image, check);
	const colors = sums.colors as Float64Array;
	const segments: SegmentStatistics[] = [];
	for (let id = 0; id < labels.count; id++) {
		if (sums.pixels[id] > 0) {
			segments.push({ ...areaOf(sums, id), meanColor: meanColorOf(colors, sums.pixels[id], id) });
		}
	}
	return segments;
}
