import type { BenchGroup } from "../harness/bench-case.ts";
import { kMeansGroup } from "./k-means.ts";
import { pca } from "./pca.ts";
import { pixelGroups } from "./pixels.ts";
import { regionGroups } from "./region-tree.ts";

/** Every table of ours beside its rivals, in the order of the report. */
export const GROUPS: readonly BenchGroup[] = [pca, kMeansGroup, ...pixelGroups, ...regionGroups];
