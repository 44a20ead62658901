/** The part of opentype.js, which has no types of its own, that `generate-font.ts` uses. */
declare module "opentype.js" {
	export interface Command {
		readonly type: "M" | "L" | "Q" | "C" | "Z";
		readonly x: number;
		readonly y: number;
		readonly x1: number;
		readonly y1: number;
	}

	export interface Glyph {
		readonly index: number;
		readonly advanceWidth: number;
		readonly path: { readonly commands: readonly Command[] };
	}

	export interface Font {
		readonly unitsPerEm: number;
		readonly ascender: number;
		readonly descender: number;
		charToGlyph(character: string): Glyph;
	}

	const opentype: { parse(file: ArrayBuffer): Font };
	export default opentype;
}
