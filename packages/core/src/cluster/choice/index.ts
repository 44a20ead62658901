export { type ClusterChoice, type ClusterChoiceInput, chooseClusters } from "./choose-clusters.ts";
export type { ChoicePoint, ClusterCandidates } from "./curve.ts";
export { WORTHWHILE_GAIN } from "./gain.ts";
