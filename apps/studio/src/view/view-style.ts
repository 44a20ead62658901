/** What is seen of a picture. */
export interface ViewStyle {
	/** What lies below all: `denoised` is the layer of that kind (until there is one, the photograph), `none` a checkerboard. */
	readonly ground: "photograph" | "denoised" | "none";
	/** Opacity of the colours of segments, 0 to 1. */
	readonly fill: number;
	/** Opacity of the lines between segments, 0 to 1. */
	readonly outlines: number;
	/** Opacity of the layer, 0 to 1. */
	readonly layer: number;
	/** A share of the width of the canvas: left of it the ground is seen alone. @default everywhere everything */
	readonly wipe: number | undefined;
	/** The photograph alone is seen. */
	readonly showOriginal: boolean;
}

/** The style that a view begins with. */
export const FIRST_STYLE: ViewStyle = {
	ground: "photograph",
	fill: 0.5,
	outlines: 1,
	layer: 0,
	wipe: undefined,
	showOriginal: false,
};
