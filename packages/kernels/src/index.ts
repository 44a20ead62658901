export type * from "./kernels.ts";
export { loadKernels } from "./load.ts";
export { referenceKernels } from "./reference/index.ts";
export { loadSimdKernels } from "./simd/index.ts";
export { supportsSimd } from "./simd/probe.ts";
