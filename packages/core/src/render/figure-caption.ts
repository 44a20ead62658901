import type { ClusterChoice } from "../cluster/index.ts";
import type { SmoothingMethod } from "../options/index.ts";

/** What the figure says about how it was made. */
export interface FigureCaption {
	/** Name of the model as the user knows it. */
	readonly model: string;
	/** Clusters or regions that were asked for, or chosen: k. */
	readonly clusters: number;
	/** What chose k. Absent when it was given. */
	readonly criterion?: ClusterChoice["criterion"];
	/** Size of the network's input, pixels. */
	readonly input: { readonly width: number; readonly height: number };
	/** Absent when PCA was off. */
	readonly pca?: {
		readonly components: number;
		/** Part of the variance that they explain, 0 to 1. */
		readonly share: number;
	};
	/** Window of the median blur, pixels; 0 when there was none. */
	readonly median: number;
	/**
	 * Of clusters: method and window of the smoothing; the window is in pixels and 1 when there was none. Of regions: how
	 * many superpixels they are made of, and the detail that chose their number, if it did: `50`, or `50 within 2..5`.
	 */
	readonly made:
		| { readonly smoothing: { readonly method: SmoothingMethod; readonly window: number } }
		| { readonly superpixels: number; readonly detail: string };
	/** Regions below this many pixels were absorbed. @default 0 */
	readonly minAreaPixels?: number;
}

/** A part of the whole as a percentage with one decimal. */
export function formatShare(share: number): string {
	return share > 0 && share < 0.0005 ? "< 0.1 %" : `${(Math.floor(share * 1000 + 0.5) / 10).toFixed(1)} %`;
}

/** Titles of the four panels. */
export function panelTitles({ median, made }: FigureCaption): readonly [string, string, string, string] {
	const blur = median === 0 ? "Median blur (off)" : `Median blur ${median} × ${median}`;
	if ("superpixels" in made) {
		return ["Original", blur, `${made.superpixels} superpixel${made.superpixels === 1 ? "" : "s"}`, "Regions"];
	}
	const { method, window } = made.smoothing;
	return [
		"Original",
		blur,
		"Segmentation (patches)",
		method === "none" ? "Segmentation (pixels)" : `Smoothed segmentation (${method} ${window})`,
	];
}

/** The facts below the panels, in the order of their weight. */
export function captionParts(caption: FigureCaption, used: number): string[] {
	const { clusters, criterion, model, input, pca, made, minAreaPixels = 0 } = caption;
	const by = "detail" in made ? `detail ${made.detail}` : `chosen by ${criterion}`;
	const remarks = [...(criterion === undefined ? [] : [by]), ...(used === clusters ? [] : [`${used} in the result`])];
	const count = "detail" in made ? `${clusters} region${clusters === 1 ? "" : "s"}` : `k = ${clusters}`;
	const parts = [
		remarks.length === 0 ? count : `${count} (${remarks.join(", ")})`,
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
