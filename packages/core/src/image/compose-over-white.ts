/**
 * Lay pixels over white and drop their alpha.
 *
 * Convention: straight (not premultiplied) alpha in the fourth channel;
 * `round((colour * alpha + white * (white - alpha)) / white)` at the native depth, white = 255 or 65535.
 *
 * @param data     shape (pixels, channels). Not modified.
 * @param channels 3 or 4.
 * @returns shape (pixels, 3); `data` itself if there is no alpha.
 */
export function composeOverWhite<Samples extends Uint8Array | Uint16Array>(data: Samples, channels: number): Samples {
	if (channels === 3) {
		return data;
	}
	const pixels = data.length / channels;
	const white = data instanceof Uint8Array ? 255 : 65535;
	const out = (data instanceof Uint8Array ? new Uint8Array(pixels * 3) : new Uint16Array(pixels * 3)) as Samples;
	for (let from = 0, to = 0; to < out.length; from += channels, to += 3) {
		const alpha = data[from + 3];
		const rest = white * (white - alpha);
		out[to] = Math.floor((data[from] * alpha + rest) / white + 0.5);
		out[to + 1] = Math.floor((data[from + 1] * alpha + rest) / white + 0.5);
		out[to + 2] = Math.floor((data[from + 2] * alpha + rest) / white + 0.5);
	}
	return out;
}
