import type { Kernels } from "@dinoseg/kernels";
import { checkOddWindow, DinosegError } from "../errors/index.ts";
import type { RgbImage } from "../image/index.ts";
import { checkLabelMap, type LabelMap } from "../labels/label-map.ts";
import { type SmoothingMethod, smoothingBounds } from "../options/index.ts";
import type { TokenGrid } from "../tensor/index.ts";
import { guidedFilter } from "./guided-filter.ts";

export interface SmoothOptions {
	/**
	 * "median" orders labels by their number, so between two segments it can put a third; "majority" takes the most
	 * frequent label (lowest on ties) and cannot. "guided" moves borders to the edges of the picture. "none" leaves the
	 * map as it is.
	 */
	readonly method: SmoothingMethod;
	/** Side of the square window, pixels: odd, 3 to 255, for "guided" 3 to 4095; 1 changes nothing. */
	readonly window: number;
	/** The picture, at the size of the map; only "guided" needs it. */
	readonly picture?: RgbImage | undefined;
}

/**
 * Smooth the borders of a label map and drop specks.
 *
 * Convention: border replicated. Where nothing is to be done the same map is returned.
 * Reference: median as `cv2.medianBlur` on the label map, equal on every byte.
 *
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH
 */
export function smoothLabels(kernels: Kernels, labels: LabelMap, options: SmoothOptions): LabelMap {
	const { method, window, picture } = options;
	checkLabelMap("smoothLabels", labels);
	if (method === "none" || window === 1) {
		return labels;
	}
	checkOddWindow("smoothLabels", "window", window, smoothingBounds(method));
	const { width, height, count } = labels;
	switch (method) {
		case "median":
			return { ...labels, data: kernels.medianFilter(labels.data, width, height, 1, window) };
		case "majority":
			return { ...labels, data: kernels.majorityFilter(labels.data, width, height, count, window) };
		case "guided":
			return guidedFilter(
				labels,
				requirePicture("smoothLabels", `the method "${method}"`, picture),
				window,
				kernels.check,
			);
		default:
			throw method satisfies never;
	}
}

/**
 * The picture, where something cannot do without it.
 *
 * @param where name of the calling function, for the message.
 * @param what  needs the picture.
 * @throws DinosegError OPTION_INVALID
 */
export function requirePicture(where: string, what: string, picture: RgbImage | undefined): RgbImage {
	if (picture === undefined) {
		throw new DinosegError("OPTION_INVALID", `${where}: ${what} needs the picture that the labels belong to.`, {
			details: { option: "picture" },
		});
	}
	return picture;
}

/** Side of the window, patches: measured on photographs with drawn boundaries. One for the other methods. */
const WINDOW_PATCHES: Readonly<Partial<Record<SmoothingMethod, number>>> = { guided: 10 };

/** Largest default window of "guided", as a share of the shorter side: where patches are large, ten are too many. */
const GUIDED_SHARE = 0.4;

/**
 * The window that fits a grid and a method: the odd number nearest to one patch, for "guided" to ten or to four tenths of
 * the shorter side if that is less, in pixels of the original (the mean of both axes where they differ; the larger of two
 * equally near). 1, which smooths nothing, where that is smaller.
 */
export function defaultSmoothWindow(
	grid: Pick<TokenGrid, "patchSize" | "inputWidth" | "inputHeight" | "imageWidth" | "imageHeight">,
	method: SmoothingMethod = "median",
): number {
	const scale = (grid.imageWidth / grid.inputWidth + grid.imageHeight / grid.inputHeight) / 2;
	const patches = grid.patchSize * scale * (WINDOW_PATCHES[method] ?? 1);
	const largest = GUIDED_SHARE * Math.min(grid.imageWidth, grid.imageHeight);
	const length = method === "guided" ? Math.min(patches, largest) : patches;
	return Math.min(2 * Math.floor(length / 2) + 1, smoothingBounds(method).max);
}
