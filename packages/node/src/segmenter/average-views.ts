import { createTokenMean, type Dimensions, type TokenGrid, type View, viewPixels } from "@dinoseg/core";
import type { TokensOf } from "./run-network.ts";

/**
 * A network that sees each picture in several views and gives the mean of their tokens.
 *
 * @param size of the network's input, pixels.
 */
export function averageViews(
	tokensOf: TokensOf,
	views: readonly View[],
	size: Dimensions,
	places: TokenPlaces,
): TokensOf {
	if (views.length === 1) {
		return tokensOf;
	}
	return async (pixels) => {
		const [first, ...others] = views;
		const tokens = await tokensOf(viewPixels(pixels, size, first, places));
		const sum = createTokenMean(tokens);
		sum.add(tokens, first);
		for (const view of others) {
			sum.add(await tokensOf(viewPixels(pixels, size, view, places)), view);
		}
		return sum.mean();
	};
}

type TokenPlaces = Pick<TokenGrid, "rows" | "cols" | "patchSize" | "stride">;
