/** What can be laid over the picture, or take its place. */
export type LayerKind =
	/** The picture after the median blur, RGB, at its size. */
	| "denoised"
	/** The cluster (or region) of each token as its colour, RGB, at the size of the token grid. */
	| "patches"
	/** The first three principal components as red, green and blue, at the size of the token grid. */
	| "components"
	/** How clearly each pixel belongs to its segment, grey, at the size of the picture. */
	| "confidence"
	/** The detail at which each border of the region tree disappears, grey, at the size of the picture. */
	| "borders"
	/** How alike each token is to a segment, grey, at the size of the token grid. */
	| "similarity";

/** A picture of numbers. */
export interface Layer {
	readonly kind: LayerKind;
	readonly width: number;
	readonly height: number;
	/** 1: grey; 3: red, green, blue. */
	readonly channels: 1 | 3;
	/** Shape (height, width, channels). */
	readonly data: Uint8Array;
}

/** How a segment stands to the others. */
export interface Explanation {
	readonly segment: number;
	/** How alike each token is to the segment. */
	readonly similarity: Layer;
	/** Cosine of the mean tokens, by falling likeness; the segment itself is left out. */
	readonly others: readonly { readonly segment: number; readonly likeness: number }[];
	/** The segments that the region tree would join to this one next; empty if it is all there is. */
	readonly mergesNext: readonly number[];
}
