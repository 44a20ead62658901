/** Where the pixels of one axis lie between the tokens. */
export interface AxisPositions {
	/** Token at or before the pixel. */
	readonly lower: Int32Array;
	/** Distance from that token to the pixel, 0 <= f < 1, in tokens. */
	readonly fraction: Float64Array;
}

/** Pixel centres between the tokens of one axis, clamped to the outermost ones; see `GridGeometry`. */
export function axisPositions(size: number, tokens: number, scale: number, offset: number): AxisPositions {
	const lower = new Int32Array(size);
	const fraction = new Float64Array(size);
	for (let i = 0; i < size; i++) {
		const position = Math.min(Math.max((i + 0.5) * scale + offset, 0), tokens - 1);
		lower[i] = Math.floor(position);
		fraction[i] = position - lower[i];
	}
	return { lower, fraction };
}
