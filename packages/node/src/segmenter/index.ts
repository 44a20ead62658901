/** A segmenter, without what it takes to decode, to compute or to save: its thread loads that. */
export { readableExtensions } from "../image/formats.ts";
export { planThroughput, type ThroughputPlan } from "../session/plan-throughput.ts";
export { createSegmenter, defaultCacheFolder } from "./create-segmenter.ts";
export type { NamedBytes } from "./decoder.ts";
export type { Segmenter, SegmenterOptions, SegmentInput } from "./types.ts";
