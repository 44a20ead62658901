import type { Color } from "@dinoseg/core/labels";
import type { Rect } from "./scene.ts";

/** One thing that a person does to the segments. Ids are those of segments. */
export type Edit =
	/** All become one, which keeps the id, name and colour of `into`. */
	| { readonly type: "merge"; readonly segments: readonly number[]; readonly into: number }
	/** Each connected part of a segment becomes a segment; the largest keeps the id. */
	| { readonly type: "splitParts"; readonly segment: number }
	/** Some segments, as one, become one more (1) or one fewer (-1): the next merge of the region tree within them is undone or done. */
	| { readonly type: "walk"; readonly segments: readonly number[]; readonly step: 1 | -1 }
	/** What lies in a polygon (x, y pairs, pixels) goes to a segment, or to a new one. */
	| {
			readonly type: "lasso";
			readonly polygon: Float32Array;
			readonly by: "pixels" | "parts";
			readonly into: number | "new";
	  }
	| { readonly type: "rename"; readonly segment: number; readonly name: string }
	| { readonly type: "recolor"; readonly segment: number; readonly color: Color }
	| { readonly type: "lock"; readonly segments: readonly number[]; readonly isLocked: boolean }
	| { readonly type: "hide"; readonly segments: readonly number[]; readonly isHidden: boolean };

/** How a brush paints. */
export interface StrokeStyle {
	/** `erase` gives pixels back to the segment that they had before anything was painted by hand. */
	readonly mode: "paint" | "erase";
	/** The segment that is painted; `new` begins one. @default of `erase`: none */
	readonly into?: number | "new";
	/** `parts` paints whole parts (superpixels) that the brush touches. */
	readonly by: "pixels" | "parts";
	/** Pixels of the picture. */
	readonly radius: number;
}

/** A point of a stroke, pixels of the picture; the centre of the first pixel is (0.5, 0.5). */
export interface StrokePoint {
	readonly x: number;
	readonly y: number;
}

/** What an edit changed. */
export interface Change {
	/** Rectangles whose parts are others now. */
	readonly rects: readonly Rect[];
}
