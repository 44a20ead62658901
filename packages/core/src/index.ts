/**
 * The heart of dinoseg: the engine over its ports, what it gives, and its events. The parts that it is made of are
 * subpaths: `@dinoseg/core/cluster`, `errors`, `image`, `labels`, `linalg`, `metrics`, `model`, `options`, `refine`,
 * `render`, `segment` and `tensor`.
 */
export * from "./abort.ts";
export * from "./engine/index.ts";
export * from "./events.ts";
export * from "./result/index.ts";
export { createRandom, type Random } from "./rng.ts";
export { VERSION } from "./version.ts";
