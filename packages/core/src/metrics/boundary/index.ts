export { boundaryMap, type LabelRaster } from "./boundary-map.ts";
export {
	addBoundaryCounts,
	BOUNDARY_TOLERANCE,
	type BoundaryCounts,
	type BoundaryOptions,
	type BoundaryScores,
	boundaryCounts,
	boundaryScores,
} from "./boundary-scores.ts";
