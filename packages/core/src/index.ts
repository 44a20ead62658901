/**
 * The heart of dinoseg: the engine over its ports, what it gives, its options, events and errors. The parts that it is
 * made of are subpaths: `@dinoseg/core/cluster`, `image`, `labels`, `linalg`, `metrics`, `model`, `refine`, `render`,
 * `segment` and `tensor`.
 */
export * from "./abort.ts";
export * from "./engine/index.ts";
export * from "./errors/index.ts";
export * from "./events.ts";
export * from "./options/index.ts";
export * from "./result/index.ts";
export { createRandom, type Random } from "./rng.ts";
export { VERSION } from "./version.ts";
