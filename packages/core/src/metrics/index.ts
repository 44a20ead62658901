export { type AdjustedRandIndexOptions, adjustedRandIndex } from "./adjusted-rand-index.ts";
export { meanCosine } from "./mean-cosine.ts";
