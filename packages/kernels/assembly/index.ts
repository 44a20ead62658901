/** What the SIMD build exports. `src/simd/exports.ts` describes the same functions to TypeScript. */
export { heapStart } from "./heap";
export { multiplyPanels } from "./products";
export { upsampleTile } from "./upsample";
