/** Colours for the numbers of grey layers. */
import type { LayerKind } from "../session/layers.ts";

/**
 * Nine of the 256 colours of viridis, at even distances: even steps look even, also to colour-blind eyes and in grey.
 *
 * Source: S. van der Walt and N. Smith, Matplotlib 2015, CC0.
 */
const VIRIDIS = [0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30, 0xfde725];

/**
 * The colours of a grey layer: borders are dark lines on nothing, all else goes from blue over green to yellow.
 *
 * @returns red, green, blue and alpha, not premultiplied. Shape (256, 4).
 */
export function colorMapOf(kind: LayerKind): Uint8Array {
	const map = new Uint8Array(256 * 4);
	for (let value = 0; value < 256; value++) {
		map.set(kind === "borders" ? [20, 20, 20, value] : [...viridis(value / 255), 255], value * 4);
	}
	return map;
}

function viridis(share: number): number[] {
	const place = share * (VIRIDIS.length - 1);
	const index = Math.min(Math.floor(place), VIRIDIS.length - 2);
	return [16, 8, 0].map((shift) => {
		const low = (VIRIDIS[index] >> shift) & 255;
		const high = (VIRIDIS[index + 1] >> shift) & 255;
		return Math.round(low + (high - low) * (place - index));
	});
}
