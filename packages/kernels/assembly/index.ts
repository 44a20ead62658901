/** What the SIMD build exports. `src/simd/exports.ts` describes the same functions to TypeScript. */
export { repeatPixel } from "./border";
export { replaceFew8, replaceFew16, replaceMany8, replaceMany16 } from "./cumulative-columns";
export { nearestTargets, squaredDistances } from "./distances";
export { heapStart } from "./heap";
export { majorityRow, replaceRanks } from "./majority";
export { medianFew8, medianFew16, medianMany8, medianMany16 } from "./median-histogram";
export { medianRow3Bytes, medianRow3Words } from "./median-network-3";
export { medianRow5Bytes, medianRow5Words } from "./median-network-5";
export { narrow, packCentredColumns, packCentredRows, packColumns, packRows } from "./panels";
export { multiplyDistances, shiftPoles, sumPoles } from "./poles";
export { addPanelProducts } from "./products";
export { bytesOfRanks, ranksOfBytes, ranksOfWords, wordsOfRanks } from "./ranks";
export { scale, updateAndMultiply } from "./reduction";
export { resizeColumn, resizeRows } from "./resize";
export { assignPixels, resetDistances } from "./slic";
export { addToClusters } from "./sums";
export { upsampleTile } from "./upsample";
