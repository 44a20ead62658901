import { type Check, checkedParts } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import type { RgbImage } from "./rgb-image.ts";

/** Channels of CIELAB, one after the other: lightness 0 to 100, then a and b. Each (height, width). */
export interface LabImage {
	readonly channels: readonly [Float32Array, Float32Array, Float32Array];
	readonly width: number;
	readonly height: number;
}

const WHITE_X = 0.950456;
const WHITE_Z = 1.088754;
/** Below it the curve of CIELAB is a straight line. */
const TOE = 216 / 24389;
const TOE_SLOPE = 24389 / 27;
/** Steps of the table of that curve over shares of white from 0 to 1; between them it is interpolated. */
const STEPS = 4096;
/** Of Newton's iteration for a root; it has converged long before. */
const ITERATIONS = 60;

/**
 * The colours of a picture in CIELAB.
 *
 * Convention: sRGB, D65, 2 degree observer. The curve is read from a table, at most 0.003 off. Only sums, products,
 * quotients and square roots are taken, so every JavaScript engine gives the same numbers.
 * Source: IEC 61966-2-1 (sRGB) and ISO/CIE 11664-4 (CIELAB), the constants as OpenCV's `cvtColor` has them.
 *
 * @param check called every some ten thousand pixels; what it throws ends the call. Default: none.
 */
export function labOf({ data, width, height }: RgbImage, check: Check = noCheck): LabImage {
	const { linear, curve } = tables();
	const pixels = width * height;
	const [lightness, a, b] = [0, 1, 2].map(() => new Float32Array(pixels));
	for (const { from, to } of checkedParts(check, pixels)) {
		for (let pixel = from; pixel < to; pixel++) {
			const red = linear[data[3 * pixel]];
			const green = linear[data[3 * pixel + 1]];
			const blue = linear[data[3 * pixel + 2]];
			const x = valueAt(curve, (0.412453 * red + 0.35758 * green + 0.180423 * blue) / WHITE_X);
			const y = valueAt(curve, 0.212671 * red + 0.71516 * green + 0.072169 * blue);
			const z = valueAt(curve, (0.019334 * red + 0.119193 * green + 0.950227 * blue) / WHITE_Z);
			lightness[pixel] = 116 * y - 16;
			a[pixel] = 500 * (x - y);
			b[pixel] = 200 * (y - z);
		}
	}
	return { channels: [lightness, a, b], width, height };
}

function valueAt(curve: Float64Array, share: number): number {
	const place = share * STEPS;
	const step = place < STEPS ? Math.floor(place) : STEPS - 1;
	return curve[step] + (place - step) * (curve[step + 1] - curve[step]);
}

let known: { readonly linear: Float64Array; readonly curve: Float64Array } | undefined;

function tables() {
	known ??= {
		linear: Float64Array.from({ length: 256 }, (_, value) => linearOf(value / 255)),
		curve: Float64Array.from({ length: STEPS + 1 }, (_, step) => compress(step / STEPS)),
	};
	return known;
}

/** Of sRGB. The power 2.4 is a square times the fifth root of a square. */
function linearOf(share: number): number {
	if (share <= 0.04045) {
		return share / 12.92;
	}
	const base = (share + 0.055) / 1.055;
	return base * base * root(base * base, 5);
}

function compress(share: number): number {
	return share > TOE ? root(share, 3) : (TOE_SLOPE * share + 16) / 116;
}

/** The third or fifth root of a number above 0 and at most 1.1, by Newton's iteration from above. */
function root(value: number, degree: 3 | 5): number {
	let guess = 1.1;
	for (let i = 0; i < ITERATIONS; i++) {
		const power = degree === 3 ? guess * guess : guess * guess * guess * guess;
		guess = ((degree - 1) * guess + value / power) / degree;
	}
	return guess;
}
