/**
 * A colour in CIELAB.
 *
 * Convention: D65, the white of sRGB, 2 degree observer; L from 0 to 100.
 * Source: IEC 61966-2-1 (sRGB) and ISO/CIE 11664-4 (CIELAB), the constants as OpenCV's `cvtColor` has them.
 *
 * @param red   sRGB, 0 to 255; so are green and blue.
 */
export function labOf(red: number, green: number, blue: number): readonly [lightness: number, a: number, b: number] {
	const [r, g, b] = [red, green, blue].map(linearOf);
	const x = compress((0.412453 * r + 0.35758 * g + 0.180423 * b) / WHITE_X);
	const y = compress(0.212671 * r + 0.71516 * g + 0.072169 * b);
	const z = compress((0.019334 * r + 0.119193 * g + 0.950227 * b) / WHITE_Z);
	return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const WHITE_X = 0.950456;
const WHITE_Z = 1.088754;

/** Below it the curve is a straight line. */
const TOE = 216 / 24389;
const TOE_SLOPE = 24389 / 27;

function linearOf(value: number): number {
	const share = value / 255;
	return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function compress(ratio: number): number {
	return ratio > TOE ? Math.cbrt(ratio) : (TOE_SLOPE * ratio + 16) / 116;
}
