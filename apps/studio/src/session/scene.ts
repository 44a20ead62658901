/**
 * What the page shows of one picture. A pixel belongs to a part, and a table says to which segment each part belongs: cuts,
 * merges, names and colours change the table and the list of segments alone, whatever the size of the picture.
 */
import type { ClusterChoice } from "@dinoseg/core/cluster";
import type { Color } from "@dinoseg/core/labels";
import type { Dtype, SegmentationOptions } from "@dinoseg/core/options";

/** Pixels of the picture; x and y are those of the first. */
export interface Rect {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

/** What a segmentation is made with. */
export interface Settings {
	readonly model: string;
	readonly dtype: Dtype;
	readonly options: SegmentationOptions;
}

/** A segment as people see it. */
export interface SceneSegment {
	/** That of the label map. */
	readonly id: number;
	readonly name: string;
	readonly color: Color;
	/** At least 1. */
	readonly pixels: number;
	/** Nothing but undo changes its pixels. */
	readonly isLocked: boolean;
	readonly isHidden: boolean;
}

/** New parts of some pixels. */
export interface PartPatch {
	readonly rect: Rect;
	/** Shape (rect.height, rect.width). */
	readonly data: Uint16Array;
}

/** A picture's segments, and what changed since the scene before. */
export interface Scene {
	readonly settings: Settings;
	/** Segment of each part. Shape (parts,). */
	readonly table: Uint16Array;
	/** By rising id; those without pixels are left out. */
	readonly segments: readonly SceneSegment[];
	/** The id in `table` of what is no segment: pixels without data. @default every pixel has */
	readonly background?: number | undefined;
	/** The whole picture at first. */
	readonly patches: readonly PartPatch[];
	/** What undo and redo would do, in a few words. @default nothing */
	readonly undo?: string | undefined;
	readonly redo?: string | undefined;
	/** How the number of segments was chosen. @default it was given */
	readonly choice?: ClusterChoice | undefined;
	/** Share of the variance of each component that was kept, the largest first. @default PCA was off */
	readonly explainedVariance?: readonly number[] | undefined;
	/** True if something was done by hand that another cut would undo. */
	readonly isEdited: boolean;
	/** False if the browser had no room to keep the picture. */
	readonly isKept: boolean;
}
