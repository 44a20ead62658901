export type * from "./kernels.ts";
export { loadKernels } from "./load.ts";
export { NEGLIGIBLE_EXPONENT, roughExp } from "./reference/exp.ts";
export { referenceKernels } from "./reference/index.ts";
export { loadSimdKernels, type SimdOptions } from "./simd/index.ts";
export { serveKernels } from "./simd/threads/serve.ts";
export type { HelperThread } from "./simd/threads/threads.ts";
export { supportsSimd } from "./simd/web-assembly.ts";
export { checkedCopy, checkedParts, checkedRows, copyPixels } from "./steps.ts";
