import { isUniform, type RgbImage } from "../image/index.ts";
import type { SegmentationOptions } from "../options/index.ts";
import { flattenTokens, repairHighNormTokens, subtractPositionBias, type TokenGrid } from "../tensor/index.ts";
import type { ComputedTokens } from "./compute-tokens.ts";

/** The same tokens in memory of their own. */
export function copyTokens(grid: TokenGrid): TokenGrid {
	return { ...grid, data: grid.data.slice(), norms: grid.norms.slice() };
}

/** The tokens without their artefacts, as far as the options ask for that. */
export function cleanTokens(
	{ tokens, positionBias }: Pick<ComputedTokens, "tokens" | "positionBias">,
	{ repair }: SegmentationOptions,
): TokenGrid {
	const repaired = repair ? repairHighNormTokens(tokens) : tokens;
	return positionBias ? subtractPositionBias(repaired, positionBias) : repaired;
}

/** The tokens of a picture of one colour differ by their position only, and make one segment. */
export function clusteredTokens(tokens: TokenGrid, picture: RgbImage): TokenGrid {
	return isUniform(picture) ? flattenTokens(tokens) : tokens;
}
