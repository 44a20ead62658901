export { type FileFinder, photographFinder, predictionFinder } from "./find-results.ts";
export { findTruth, type TruthOfImage } from "./find-truth.ts";
export { DATASET_LAYOUTS, DATASET_NAMES, type DatasetLayout, type DatasetName, type TruthNaming } from "./layouts.ts";
export { readLabels } from "./read-labels.ts";
