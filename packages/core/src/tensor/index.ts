export { flattenTokens } from "./flatten-tokens.ts";
export { findHighNormTokens, type HighNormOptions, type HighNormTokens } from "./high-norm.ts";
export { checkMatrix, type Matrix } from "./matrix.ts";
export { type GridShape, gridGeometry, type TokenGrid, tokensAsMatrix } from "./token-grid.ts";
export { unitRows } from "./unit-rows.ts";
