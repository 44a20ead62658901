export { flattenTokens } from "./flatten-tokens.ts";
export { findHighNormTokens, type HighNormOptions, type HighNormTokens } from "./high-norm.ts";
export { checkMatrix, type Matrix } from "./matrix.ts";
export { createPositionBiasSum, type PositionBiasSum, subtractPositionBias } from "./position-bias.ts";
export { repairHighNormTokens } from "./repair-high-norm.ts";
export { type GridShape, gridGeometry, type TokenGrid, tokensAsMatrix } from "./token-grid.ts";
export { unitRows } from "./unit-rows.ts";
