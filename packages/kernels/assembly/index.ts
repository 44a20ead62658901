/** What the SIMD build exports. `src/simd/exports.ts` describes the same functions to TypeScript. */
export { nearestTargets, squaredDistances } from "./distances";
export { heapStart } from "./heap";
export { multiplyPanels } from "./products";
export { addToClusters } from "./sums";
