import type { Kernels } from "@dinoseg/kernels";
import type { Warning } from "../events.ts";
import { fitPcaToMoments, type Moments, momentVariances, projectPca } from "../linalg/index.ts";
import type { SegmentationOptions } from "../options/index.ts";
import { divideComponents, whiteningDivisors } from "../points/whiten.ts";
import type { Matrix } from "../tensor/index.ts";
import type { CodebookSpace } from "./codebook.ts";

/**
 * The space in which points are clustered: their principal components, divided by powers of their deviations.
 *
 * @param moments of all points.
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH
 */
export function fitSpace(
	kernels: Kernels,
	moments: Moments,
	{ pca, whiten }: Pick<SegmentationOptions, "pca" | "whiten">,
): { readonly space: CodebookSpace; readonly warning?: Warning | undefined } {
	const { model, warning } = fitPcaToMoments(kernels, moments, pca);
	const variances = model === undefined ? momentVariances(moments) : model.explainedVariance;
	return { space: { pca: model, divisors: whiteningDivisors(variances, whiten) }, warning };
}

/** Points in the space of a codebook. @param points shape (N, dim). @returns shape (N, D). @throws DinosegError SHAPE_MISMATCH */
export function projectPoints(kernels: Kernels, { pca, divisors }: CodebookSpace, points: Matrix): Matrix {
	return divideComponents(projectPca(kernels, pca, points), divisors, kernels.check);
}
