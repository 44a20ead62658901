import type { Kernels } from "@dinoseg/kernels";
import type { RgbImage } from "../image/rgb-image.ts";
import { checkLabelMap, type LabelMap } from "../labels/label-map.ts";
import { PALETTE, type Palette, segmentColor } from "../labels/palette.ts";
import { interiorPoints } from "./interior-points.ts";
import { chipWidth, drawChip } from "./segment-chip.ts";

/** Height of a chip, pixels, in a picture whose longer side is this long or less; twice as long, twice as high. */
const CHIP_HEIGHT = 20;
const SIDE = 900;

/**
 * Write the ids of segments on an overlay, each in the middle of the widest place of every connected part where it fits.
 *
 * @param overlay changed in place. Shape (height, width, 3).
 * @param labels  shape (height, width).
 * @throws DinosegError SHAPE_MISMATCH
 */
export function drawSegmentIds(
	kernels: Kernels,
	overlay: RgbImage,
	labels: LabelMap,
	palette: Palette = PALETTE,
): RgbImage {
	checkLabelMap("drawSegmentIds", labels);
	const height = CHIP_HEIGHT * Math.max(1, Math.max(labels.width, labels.height) / SIDE);
	for (const { id, x, y, radius } of interiorPoints(kernels, labels, height / 2)) {
		const width = chipWidth(id, height);
		if (id !== labels.background && Math.sqrt(width * width + height * height) / 2 <= radius) {
			const place = { x: x - width / 2, y: y - height / 2, width, height };
			drawChip(overlay, { id, color: segmentColor(id, palette) }, place, true);
		}
	}
	return overlay;
}
