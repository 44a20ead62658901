import type { RgbImage } from "../image/rgb-image.ts";
import type { Color } from "../labels/palette.ts";
import { fillOutline } from "./fill-outline.ts";
import { type FontWeight, glyphAdvance, glyphContours } from "./glyphs.ts";

export interface TextStyle {
	/** Pixels of one em. */
	readonly size: number;
	/** @default "regular" */
	readonly weight?: FontWeight;
}

export interface DrawTextOptions extends TextStyle {
	/** Where the text begins, is centred or ends, pixels. */
	readonly x: number;
	/** The baseline, pixels from the top. */
	readonly y: number;
	readonly color: Color;
	/** @default "left" */
	readonly align?: "left" | "center" | "right";
}

/** Accents come joined with their letters, as the font has them; some file systems part them. */
function charactersOf(text: string): string[] {
	return [...text.normalize("NFC")];
}

/** Width of a text on one line, pixels. */
export function measureText(text: string, { size, weight = "regular" }: TextStyle): number {
	return charactersOf(text).reduce((width, character) => width + glyphAdvance(character, weight) * size, 0);
}

/**
 * Draw one line of text with the bundled font (Inter): the same pixels in every JavaScript engine.
 *
 * A character that the font lacks, control characters included, is drawn as an empty frame.
 */
export function drawText(canvas: RgbImage, text: string, options: DrawTextOptions): void {
	const { size, weight = "regular", y, color, align = "left" } = options;
	const shift = align === "left" ? 0 : measureText(text, options) * (align === "center" ? 0.5 : 1);
	let pen = options.x - shift;
	for (const character of charactersOf(text)) {
		fillOutline(canvas, glyphContours(character, weight, size, pen, y), color);
		pen += glyphAdvance(character, weight) * size;
	}
}

/** The text, or as much of its beginning as fits with an ellipsis. */
export function shortenText(text: string, width: number, style: TextStyle): string {
	if (measureText(text, style) <= width) {
		return text;
	}
	const characters = charactersOf(text);
	const room = width - measureText("…", style);
	let used = 0;
	let kept = 0;
	for (const character of characters) {
		used += measureText(character, style);
		if (used > room) {
			break;
		}
		kept++;
	}
	return `${characters.slice(0, kept).join("").trimEnd()}…`;
}

/** Lines of parts joined by a middle dot, broken between parts; a part wider than the line is shortened. */
export function joinLines(parts: readonly string[], width: number, style: TextStyle): string[] {
	const lines: string[] = [];
	for (const part of parts) {
		const last = lines.at(-1);
		const joined = last === undefined ? part : `${last}  ·  ${part}`;
		if (last !== undefined && measureText(joined, style) <= width) {
			lines[lines.length - 1] = joined;
		} else {
			lines.push(shortenText(part, width, style));
		}
	}
	return lines;
}
