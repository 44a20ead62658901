export { type AdjustedRandIndexOptions, adjustedRandIndex } from "./adjusted-rand-index.ts";
