export { findHighNormTokens, type HighNormOptions, type HighNormTokens, repairHighNormTokens } from "./high-norm.ts";
export { checkMatrix, type Matrix, unitRows } from "./matrix.ts";
export { createPositionBiasSum, type PositionBiasSum, subtractPositionBias } from "./position-bias.ts";
export {
	flattenTokens,
	type GridShape,
	gridGeometry,
	type TokenGrid,
	tokenGridSize,
	tokensAsMatrix,
} from "./token-grid.ts";
