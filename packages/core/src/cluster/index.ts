export { type KMeansOptions, type KMeansResult, kMeans } from "./k-means.ts";
