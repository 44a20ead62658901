import { type Dimensions, normalise } from "../image/index.ts";
import type { PreprocessorConfig } from "../model/index.ts";
import { createPositionBiasSum, repairHighNormTokens, type TokenGrid } from "../tensor/index.ts";
import type { TokensOf } from "./run-network.ts";

/**
 * Levels of the grey pictures, 0 to 255, that the position bias is measured on. Several, for what the network says of
 * one colour depends on the colour too; docs/adr/0011 compares them with others.
 */
export const POSITION_BIAS_GREYS: readonly number[] = [32, 96, 160, 224];

/**
 * What the network says of grey pictures, the mean over the grid apart: see `createPositionBiasSum`.
 *
 * Tokens that stick out by their length are repaired first, whatever the options say: where they lie depends on the
 * picture, so that those of grey pictures would leave marks in a photograph.
 *
 * @param size of the network's input, pixels.
 */
export async function measurePositionBias(
	{ width, height }: Dimensions,
	preprocessor: PreprocessorConfig,
	tokensOf: TokensOf,
): Promise<TokenGrid> {
	const ofGrey = async (grey: number): Promise<TokenGrid> => {
		const data = new Uint8Array(width * height * 3).fill(grey);
		return repairHighNormTokens(await tokensOf(normalise({ data, width, height }, preprocessor)));
	};
	const [first, ...others] = POSITION_BIAS_GREYS;
	const sum = createPositionBiasSum(await ofGrey(first));
	for (const grey of others) {
		sum.add(await ofGrey(grey));
	}
	return sum.bias();
}
