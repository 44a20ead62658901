import type { MergingStep } from "../cluster/index.ts";
import type { GrownRegions, ReducedTokens } from "../segment/index.ts";
import type { RecentMemory } from "./recent-memory.ts";

/** What segmentations of the same tokens share. Nobody may write to it. */
export interface SegmentMemory {
	/** The tokens after PCA. */
	readonly reductions: RecentMemory<ReducedTokens>;
	/** Walks of merging clusters. */
	readonly walks: RecentMemory<readonly MergingStep[]>;
	/** Superpixels, and how they grow together. @default they are made each time */
	readonly grown?: RecentMemory<GrownRegions> | undefined;
}
