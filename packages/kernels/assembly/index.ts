/** What the SIMD build exports. `src/simd/exports.ts` describes the same functions to TypeScript. */
export { heapStart } from "./heap";
export { narrow, packCentredColumns, packCentredRows, packColumns, packRows } from "./panels";
export { multiplyDistances, shiftPoles, sumPoles } from "./poles";
export { addPanelProducts } from "./products";
export { scale, updateAndMultiply } from "./reduction";
