import type { Kernels } from "@dinoseg/kernels";
import type { RgbImage } from "../../image/rgb-image.ts";
import { allocateLabels, type LabelMap } from "../../labels/label-map.ts";
import type { Palette } from "../../labels/palette.ts";
import { areaResample, type RowReader } from "../area-resample.ts";
import { renderOverlay } from "../overlay.ts";
import type { SweepLayout } from "./sweep-layout.ts";

/** From this scale on pixels are shown as squares. */
const SQUARE_PIXELS_FROM = 4;
/** Overlays are drawn at this many times the size of their panel, so that their lines are smooth when shrunk to it. */
const OVERSAMPLING = 2;

/** Size at which maps are drawn before they are shrunk to a panel. */
function drawnSize({ panelWidth, panelHeight }: SweepLayout) {
	return { width: panelWidth * OVERSAMPLING, height: panelHeight * OVERSAMPLING };
}

/** As much of a label map as its panel can show: the label in the middle of each drawn pixel. */
export function reduceToPanel(labels: LabelMap, layout: SweepLayout): LabelMap {
	const { width, height } = drawnSize(layout);
	const data = allocateLabels(width * height, labels.count);
	const columns = Uint32Array.from({ length: width }, (_, x) => Math.floor(((x + 0.5) * labels.width) / width));
	for (let y = 0; y < height; y++) {
		const row = Math.floor(((y + 0.5) * labels.height) / height) * labels.width;
		for (let x = 0; x < width; x++) {
			data[y * width + x] = labels.data[row + columns[x]];
		}
	}
	return { ...labels, data, width, height };
}

/** The photograph at the size at which maps are drawn over it. */
export function reducePhotograph(kernels: Kernels, image: RgbImage, layout: SweepLayout): RgbImage {
	const { width, height } = drawnSize(layout);
	return layout.scale >= SQUARE_PIXELS_FROM
		? areaResample(rowsOf(image), image.width, image.height, width, height, kernels.check)
		: { data: kernels.resizeBicubic(image.data, image.width, image.height, 3, width, height), width, height };
}

/** A map over the photograph at the size of a panel; both as the functions above give them. */
export function drawPanel(
	kernels: Kernels,
	photograph: RgbImage,
	labels: LabelMap,
	palette: Palette,
	layout: SweepLayout,
): RgbImage {
	const overlay = renderOverlay(photograph, labels, { palette, check: kernels.check });
	return areaResample(
		rowsOf(overlay),
		overlay.width,
		overlay.height,
		layout.panelWidth,
		layout.panelHeight,
		kernels.check,
	);
}

function rowsOf({ data }: RgbImage): RowReader {
	return (y, row) => row.set(data.subarray(y * row.length, (y + 1) * row.length));
}
