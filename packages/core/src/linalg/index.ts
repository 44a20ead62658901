export type { ExactSums } from "./exact-sums.ts";
export { fitPcaToMoments, momentVariances } from "./fit-moments.ts";
export { addMoments, checkMoments, emptyMoments, type Moments, momentsOf } from "./moments.ts";
export { fitPca, projectPca } from "./pca.ts";
export type { PcaFit, PcaModel } from "./principal-components.ts";
