export { countAtHeight, cutIntoRegions, cutNode, nodeIds, type SegmentTable } from "./cut-tree.ts";
export { cutPicture, type PictureSuperpixels } from "./picture-superpixels.ts";
export { poolTokens } from "./pool-tokens.ts";
export { describeSuperpixels } from "./region-features.ts";
export { buildRegionTree, type RegionTree, type RegionTreeOptions } from "./region-tree.ts";
export { cutSuperpixels, type Superpixels } from "./superpixels.ts";
