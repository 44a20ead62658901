export { type ClusterChoice, type ClusterChoiceInput, chooseClusters } from "./choose-clusters.ts";
export type { ChoicePoint, ClusterCandidates } from "./criteria.ts";
