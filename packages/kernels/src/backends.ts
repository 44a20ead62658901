import type { Kernels } from "./kernels.ts";
import { referenceKernels } from "./reference/index.ts";

/** Every build of the kernels that can run here; the specs and the core suite run over all of them. */
export const backends: readonly Kernels[] = [referenceKernels];
