export type * from "./kernels.ts";
export { referenceKernels } from "./reference/index.ts";
