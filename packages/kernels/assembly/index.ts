/** What the SIMD build exports. `src/simd/exports.ts` describes the same functions to TypeScript. */
export { heapStart } from "./heap";
export { medianRow3Bytes, medianRow3Words, medianRow5Bytes, medianRow5Words } from "./median-network";
export { multiplyPanels } from "./products";
export { resizeColumn, resizeRows } from "./resize";
