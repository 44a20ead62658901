export { flattenTokens } from "./flatten-tokens.ts";
export { checkMatrix, type Matrix } from "./matrix.ts";
export { gridGeometry, type TokenGrid, tokensAsMatrix } from "./token-grid.ts";
