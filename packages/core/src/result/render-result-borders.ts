import { type Check, checkedParts } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import { renderBorders } from "../render/borders.ts";
import type { RegionSegmentation } from "../segment/index.ts";

/**
 * The borders of all cuts, none of them where there are no data.
 *
 * @param check called between rows; what it throws ends the call. Default: none.
 * @returns shape (height, width).
 */
export function renderResultBorders(
	{ tree, superpixels, labels }: Pick<RegionSegmentation, "tree" | "superpixels" | "labels">,
	check: Check = noCheck,
): Uint8Array {
	const borders = renderBorders(tree, superpixels, check);
	if (labels.background !== undefined) {
		for (const { from, to } of checkedParts(check, borders.length)) {
			for (let pixel = from; pixel < to; pixel++) {
				borders[pixel] = labels.data[pixel] === labels.background ? 0 : borders[pixel];
			}
		}
	}
	return borders;
}
