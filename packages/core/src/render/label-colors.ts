import type { RgbImage } from "../image/rgb-image.ts";
import { checkLabelMap, type LabelMap } from "../labels/label-map.ts";
import { PALETTE, type Palette, paletteTable } from "../labels/palette.ts";
import { WHITE } from "./figure-style.ts";

/**
 * A label map in the flat colours of its segments, at its own size. What belongs to none is white.
 *
 * @throws DinosegError SHAPE_MISMATCH
 */
export function renderLabelColors(labels: LabelMap, palette: Palette = PALETTE): RgbImage {
	checkLabelMap("renderLabelColors", labels);
	const { width, height } = labels;
	const data = new Uint8Array(width * height * 3);
	fillLabelColors(labels, 0, labelColors(labels, palette), data);
	return { data, width, height };
}

/** The colours of the ids of a label map, white for its background. Shape (count, 3). */
export function labelColors({ count, background }: LabelMap, palette: Palette): Uint8Array {
	const table = paletteTable(count, palette);
	if (background !== undefined) {
		table.set(WHITE, background * 3);
	}
	return table;
}

/** Write the colours of labels, from the pixel `begin` on, until `pixels` is full. */
export function fillLabelColors(
	labels: Pick<LabelMap, "data">,
	begin: number,
	table: Uint8Array,
	pixels: Uint8Array,
): void {
	const { data } = labels;
	for (let index = 0, label = begin; index < pixels.length; index += 3, label++) {
		const entry = data[label] * 3;
		pixels[index] = table[entry];
		pixels[index + 1] = table[entry + 1];
		pixels[index + 2] = table[entry + 2];
	}
}
