/**
 * Makes `packages/core/src/labels/palette-data.ts`: `npx tsx scripts/generate-palette.ts`.
 *
 * Eight fixed colours, then a greedy farthest-point choice: each next colour is the candidate whose distance in OKLab
 * to everything chosen before is largest. Black and white count as chosen from the start, so nothing comes near them.
 *
 * Source of OKLab and OKLCH: B. Ottosson, A perceptual color space for image processing, 2020.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * Okabe and Ito, Color Universal Design, 2008, in their order without black. Their set has seven colours besides
 * black; the eighth is the grey that R's `palette.colors("Okabe-Ito")` adds as its last.
 */
const OKABE_ITO = [0xe69f00, 0x56b4e9, 0x009e73, 0xf0e442, 0x0072b2, 0xd55e00, 0xcc79a7, 0x999999];

const COLORS = 256;
const LIGHTNESS = { from: 0.42, to: 0.88, step: 0.02 };
const CHROMA = { from: 0.02, to: 0.19, step: 0.01 };
const HUE_STEP_DEGREES = 3;

type Vector = readonly [number, number, number];

function linearToByte(value: number): number {
	const encoded = value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
	return Math.round(encoded * 255);
}

function byteToLinear(byte: number): number {
	const value = byte / 255;
	return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/** The colour as 0xrrggbb, or undefined outside sRGB. */
function oklabToRgb([lightness, a, b]: Vector): number | undefined {
	const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
	const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
	const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
	const linear = [
		4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
		-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
		-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
	];
	if (linear.some((value) => value < 0 || value > 1)) {
		return undefined;
	}
	const [red, green, blue] = linear.map(linearToByte);
	return red * 65536 + green * 256 + blue;
}

/** OKLab of a colour given as 0xrrggbb. */
export function rgbToOklab(color: number): Vector {
	const red = byteToLinear(color >> 16);
	const green = byteToLinear((color >> 8) & 255);
	const blue = byteToLinear(color & 255);
	const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
	const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
	const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
	return [
		0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
		1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
		0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
	];
}

function* range(bounds: { from: number; to: number; step: number }): Generator<number> {
	const count = Math.round((bounds.to - bounds.from) / bounds.step);
	for (let index = 0; index <= count; index++) {
		yield bounds.from + index * bounds.step;
	}
}

function candidates(): number[] {
	const found = new Set<number>();
	for (const lightness of range(LIGHTNESS)) {
		for (const chroma of range(CHROMA)) {
			for (let degrees = 0; degrees < 360; degrees += HUE_STEP_DEGREES) {
				const hue = (degrees * Math.PI) / 180;
				const color = oklabToRgb([lightness, chroma * Math.cos(hue), chroma * Math.sin(hue)]);
				if (color !== undefined) {
					found.add(color);
				}
			}
		}
	}
	return [...found];
}

/** The 256 colours of the palette as 0xrrggbb. */
export function generatePalette(): number[] {
	const pool = candidates();
	const lab = pool.map(rgbToOklab);
	const nearest = new Float64Array(pool.length).fill(Number.POSITIVE_INFINITY);
	const keepAway = (color: number): void => {
		const [l, a, b] = rgbToOklab(color);
		for (let index = 0; index < pool.length; index++) {
			const [l2, a2, b2] = lab[index];
			nearest[index] = Math.min(nearest[index], (l - l2) ** 2 + (a - a2) ** 2 + (b - b2) ** 2);
		}
	};
	const palette = [...OKABE_ITO];
	for (const color of [0x000000, 0xffffff, ...palette]) {
		keepAway(color);
	}
	while (palette.length < COLORS) {
		let best = 0;
		for (let index = 1; index < pool.length; index++) {
			if (nearest[index] > nearest[best]) {
				best = index;
			}
		}
		palette.push(pool[best]);
		keepAway(pool[best]);
	}
	return palette;
}

function toSource(palette: readonly number[]): string {
	const hex = palette.map((color) => `0x${color.toString(16).padStart(6, "0")}`);
	const lines: string[] = [];
	for (let index = 0; index < hex.length; index += 11) {
		lines.push(`\t${hex.slice(index, index + 11).join(", ")},`);
	}
	return [
		"/** The palette as 0xrrggbb. Made by `npx tsx scripts/generate-palette.ts`; do not edit. */",
		"export const PALETTE_DATA: readonly number[] = [",
		...lines,
		"];",
		"",
	].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const target = new URL("../packages/core/src/labels/palette-data.ts", import.meta.url);
	writeFileSync(target, toSource(generatePalette()));
}
