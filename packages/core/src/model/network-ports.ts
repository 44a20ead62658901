/**
 * The names of the network's inputs and outputs, all float32.
 *
 * - `pixels` (batch, 3, height, width): normalised; height and width are at least one patch.
 * - `positions` (patches, hidden): the position table on the picture's grid, see `interpolatePositions`; the grid has
 *   floor((height - patch) / stride) + 1 rows, and as many columns by the width.
 * - `tokens` (batch, patches, layers * hidden): the patches' outputs in raster order, the layers joined as asked for.
 * - `norms` (batch, patches): length of each patch's token in the last layer asked for, before the final LayerNorm.
 */
export const NETWORK_INPUTS = { pixels: "pixels", positions: "positions" } as const;
export const NETWORK_OUTPUTS = { tokens: "tokens", norms: "norms" } as const;
