export { countWithData, mostRegions, weighAreas } from "./areas-with-data.ts";
export { countAtHeight, cutIntoRegions, cutNode, nodeIds, nodesOfCut, type SegmentTable } from "./cut-tree.ts";
export { detailOfCount, detailOfHeight, heightOfDetail } from "./detail.ts";
export { cutPicture, type PictureSuperpixels } from "./picture-superpixels.ts";
export { poolTokens } from "./pool-tokens.ts";
export { describeSuperpixels } from "./region-features.ts";
export { buildRegionTree, type RegionTree, type RegionTreeOptions } from "./region-tree.ts";
export { borderStrengths, nodeStrengths } from "./strengths.ts";
export { cutSuperpixels, type Superpixels } from "./superpixels.ts";
