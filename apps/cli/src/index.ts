/** dinoseg for programs: the pipeline of `@dinoseg/core` and its Node runtime, in one import. */
export * from "@dinoseg/core";
export { type Kernels, loadKernels, referenceKernels } from "@dinoseg/kernels";
export type { Segmenter } from "@dinoseg/node";
export * from "@dinoseg/node";
