import { checkInteger, checkLength } from "../errors/index.ts";

/** A decoded picture: sRGB, 8 bits, EXIF orientation already applied. */
export interface RgbImage {
	/** Shape (height, width, 3), row-major. */
	readonly data: Uint8Array;
	readonly width: number;
	readonly height: number;
}

/**
 * Throw unless the sides are positive integers and `data` holds height x width x 3 bytes.
 *
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH
 */
export function checkRgbImage(where: string, image: RgbImage): void {
	checkInteger(where, "image width", image.width, { min: 1, max: 2 ** 24 });
	checkInteger(where, "image height", image.height, { min: 1, max: 2 ** 24 });
	checkLength(where, "image data (height, width, 3)", image.data, image.height, image.width, 3);
}

/** True if every pixel of a picture has the same colour. */
export function isUniform(image: RgbImage): boolean {
	const { data } = image;
	for (let i = 3; i < data.length; i++) {
		if (data[i] !== data[i - 3]) {
			return false;
		}
	}
	return true;
}

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

/**
 * Repeat a grey channel to red, green and blue.
 *
 * @param grey shape (pixels). Not modified.
 * @returns shape (pixels, 3).
 */
export function repeatGrey(grey: Uint8Array): Uint8Array {
	const rgb = new Uint8Array(3 * grey.length);
	for (let i = 0; i < grey.length; i++) {
		rgb.fill(grey[i], 3 * i, 3 * i + 3);
	}
	return rgb;
}
