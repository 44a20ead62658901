import type { MergingStep } from "../cluster/index.ts";
import type { GrownRegions, KeptCuts, ReducedTokens } from "../segment/index.ts";
import type { RecentMemory } from "./recent-memory.ts";

/** What segmentations of the same tokens share. Nobody may write to it. */
export interface SegmentMemory {
	/** The tokens after PCA. */
	readonly reductions: RecentMemory<ReducedTokens>;
	/** Walks of merging clusters. */
	readonly walks: RecentMemory<readonly MergingStep[]>;
	/** How superpixels grow together. @default they do so each time */
	readonly grown?: RecentMemory<GrownRegions> | undefined;
	/** Superpixels of blurred pictures. @default they are made each time */
	readonly cuts?: KeptCuts | undefined;
}
