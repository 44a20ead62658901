import { PALETTE_DATA } from "./palette-data.ts";

/** Red, green and blue of sRGB, 0 to 255 each. */
export type Color = readonly [red: number, green: number, blue: number];

/** Colours of segments by id; an id beyond the end starts again at the first. */
export type Palette = readonly Color[];

/**
 * The 256 colours of segments.
 *
 * The first eight are those of Okabe and Ito without black (their seven and the grey that completes the set in R), safe
 * for colour-blind eyes; the rest lie as far as possible from all before them. Black is never a segment.
 *
 * Source: Okabe and Ito, Color Universal Design, 2008; `palette.colors("Okabe-Ito")` of R; OKLab by B. Ottosson, 2020.
 */
export const PALETTE: Palette = PALETTE_DATA.map((value) => [value >> 16, (value >> 8) & 255, value & 255]);

/**
 * The colour of a segment: entry id modulo the length of the palette. Beyond its end, every 256 ids the lowest bits change,
 * which nobody sees, so that each of the 65,536 ids has a colour of its own in `PALETTE` and files in which colours stand
 * for ids can be read back.
 */
export function segmentColor(id: number, palette: Palette = PALETTE): Color {
	const color = palette[id % palette.length];
	if (id < palette.length) {
		return color;
	}
	const shade = id >> 8;
	const [red, green, blue] = color;
	return [red ^ (shade & 7), green ^ ((shade >> 3) & 7), blue ^ ((shade >> 6) & 3)];
}

/** A colour as `#rrggbb`. */
export function colorToHex([red, green, blue]: Color): string {
	return `#${(red * 65536 + green * 256 + blue).toString(16).padStart(6, "0")}`;
}

/** The colour of `#rrggbb`. */
export function colorFromHex(hex: string): Color {
	const value = Number.parseInt(hex.slice(1), 16);
	return [value >> 16, (value >> 8) & 255, value & 255];
}

/**
 * Colours of `count` segments one after the other, for loops over pixels.
 *
 * @returns shape (count, 3).
 */
export function paletteTable(count: number, palette: Palette = PALETTE): Uint8Array {
	const table = new Uint8Array(count * 3);
	for (let id = 0; id < count; id++) {
		table.set(segmentColor(id, palette), id * 3);
	}
	return table;
}
