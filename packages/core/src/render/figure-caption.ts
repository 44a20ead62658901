import type { Criterion, SmoothingMethod } from "../options/index.ts";

/** What the figure says about how it was made. */
export interface FigureCaption {
	/** Name of the model as the user knows it. */
	readonly model: string;
	/** Clusters that were asked for, or chosen: k. */
	readonly clusters: number;
	/** What chose k. Absent when it was given. */
	readonly criterion?: Criterion;
	/** Size of the network's input, pixels. */
	readonly input: { readonly width: number; readonly height: number };
	/** Absent when PCA was off. */
	readonly pca?: {
		readonly components: number /** Part of the variance that they explain, 0 to 1. */;
		readonly share: number;
	};
	/** Window of the median blur, pixels; 0 when there was none. */
	readonly median: number;
	/** Method and window of the smoothing; the window is in pixels and 1 when there was none. */
	readonly smoothing: { readonly method: SmoothingMethod; readonly window: number };
	/** Regions below this many pixels were absorbed. @default 0 */
	readonly minAreaPixels?: number;
}

/** A part of the whole as a percentage with one decimal. */
export function formatShare(share: number): string {
	return share > 0 && share < 0.0005 ? "< 0.1 %" : `${(Math.floor(share * 1000 + 0.5) / 10).toFixed(1)} %`;
}

/** Titles of the four panels. */
export function panelTitles({ median, smoothing }: FigureCaption): readonly [string, string, string, string] {
	const window = smoothing.method === "none" ? "" : ` ${smoothing.window}`;
	return [
		"Original",
		median === 0 ? "Median blur (off)" : `Median blur ${median} × ${median}`,
		"Segmentation",
		`Smoothed (${smoothing.method}${window})`,
	];
}

/** The facts below the panels, in the order of their weight. */
export function captionParts(caption: FigureCaption, used: number): string[] {
	const { clusters, criterion, model, input, pca, minAreaPixels = 0 } = caption;
	const remarks = [
		...(criterion === undefined ? [] : [`chosen by ${criterion}`]),
		...(used === clusters ? [] : [`${used} in the result`]),
	];
	const parts = [
		remarks.length === 0 ? `k = ${clusters}` : `k = ${clusters} (${remarks.join(", ")})`,
		model,
		`input ${input.width} × ${input.height}`,
		pca === undefined
			? "no PCA"
			: `${pca.components} PCA component${pca.components === 1 ? "" : "s"}, ${formatShare(pca.share)} of the variance`,
	];
	if (minAreaPixels > 0) {
		parts.push(`regions below ${minAreaPixels} pixels absorbed`);
	}
	return parts;
}
