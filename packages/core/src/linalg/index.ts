export { fitPca, type PcaFit, type PcaModel, projectPca } from "./pca.ts";
