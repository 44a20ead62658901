import { type RgbImage, renderSweep, type SweepMap, sweepThumbnail } from "@dinoseg/core";
import { type Kernels, referenceKernels } from "@dinoseg/kernels";
import { resultPalette } from "./name-segments.ts";
import { resultCaption } from "./result-caption.ts";
import type { SweepResult } from "./types.ts";

/**
 * The sheet of a sweep: its maps side by side, and the curve of the criterion. Makes the maps, one after the other.
 *
 * @param kernels all builds give the same picture; that of `loadKernels` is the fastest.
 * @returns (height, 1600, 3).
 * @throws DinosegError ABORTED
 */
export async function renderResultSweep(
	{ result, choice, maps }: SweepResult,
	kernels: Kernels = referenceKernels,
): Promise<RgbImage> {
	const shown: SweepMap[] = [];
	for await (const map of maps()) {
		shown.push(sweepThumbnail(map, choice.curve.length));
	}
	const { clusters, criterion } = choice;
	return renderSweep(kernels, {
		image: result.image,
		maps: shown,
		choice,
		palette: resultPalette(result),
		caption: { ...resultCaption(result), clusters, criterion },
	});
}
