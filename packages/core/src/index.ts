/**
 * What every part of dinoseg speaks of: events, cancels, chance, and the checks of a call. The parts themselves are
 * subpaths: `@dinoseg/core/cluster`, `codebook`, `engine`, `errors`, `hub`, `image`, `labels`, `linalg`, `metrics`, `model`,
 * `options`, `refine`, `remote`, `render`, `result`, `segment` and `tensor`.
 */
export * from "./abort.ts";
export * from "./engine/calls.ts";
export * from "./events.ts";
export { createRandom, type Random } from "./rng.ts";
export { VERSION } from "./version.ts";
