/**
 * The names of the inputs and outputs that every network has, all float32. A network's other inputs are {@link PlaceInputs}.
 *
 * - `pixels` (batch, 3, height, width): normalised; height and width are at least one patch.
 * - `tokens` (batch, patches, layers * hidden): the patches' outputs in raster order, the layers joined as asked for; there
 *   are floor((height - patch) / stride) + 1 rows of patches, and as many columns by the width.
 * - `norms` (batch, patches): length of each patch's token in the last layer asked for, before the final LayerNorm.
 */
export const PIXELS_INPUT = "pixels";
export const NETWORK_OUTPUTS = { tokens: "tokens", norms: "norms" } as const;

/** A float32 tensor that a network takes. */
export interface NetworkTensor {
	/** Row-major. */
	readonly data: Float32Array;
	/** Length of each axis. */
	readonly shape: readonly number[];
}

/** What tells a network where its patches lie, by the names of its graph's inputs. */
export type PlaceInputs = Readonly<Record<string, NetworkTensor>>;
