export { type ClusterChoice, type ClusterChoiceInput, chooseClusters } from "./choose-clusters.ts";
export { type ChoicePoint, type ClusterCandidates, WORTHWHILE_GAIN } from "./criteria.ts";
