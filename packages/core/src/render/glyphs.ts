import type { Contour } from "./fill-outline.ts";
import { FONT_DATA, FONT_METRICS } from "./font-data.ts";

/** Weights of the bundled font. */
export type FontWeight = keyof typeof FONT_DATA;

/** One character of the font. Distances in em. */
interface Glyph {
	/** How far the pen moves on. */
	readonly advance: number;
	/** Packed outline. */
	readonly outline: readonly string[];
}

/**
 * Packed form: the advance width, then the contours, each after a comma. A contour is its first point, then lines
 * (`/` x y) and quadratic curves (`~` control x y, end x y), every point relative to the one before, the first to the
 * last of the previous contour. Numbers are in units of the em, zigzag coded, 5 bits a character, lowest first.
 */
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";

/** Shown for a character that the font lacks: a frame. */
const REPLACEMENT_ADVANCE = 0.62;
const REPLACEMENT_FRAME = { left: 0.08, right: 0.54, bottom: 0, top: 0.72, line: 0.06 };

/** Characters that look like one that the font has. */
const ALIASES: Readonly<Record<string, string>> = { "\u03bc": "\u00b5", "\u202f": "\u00a0", "\u2009": "\u00a0" };

/** A curve may leave its polygon by this many pixels. */
const FLATNESS = 0.03;

function unpack(text: string): number[] {
	const numbers: number[] = [];
	let value = 0;
	let factor = 1;
	for (const character of text) {
		const digit = DIGITS.indexOf(character);
		value += (digit % 32) * factor;
		factor *= 32;
		if (digit < 32) {
			numbers.push(value % 2 === 1 ? -(value + 1) / 2 : value / 2);
			value = 0;
			factor = 1;
		}
	}
	return numbers;
}

/** The glyph of a character; undefined if the font lacks it. */
function findGlyph(character: string, weight: FontWeight): Glyph | undefined {
	const glyphs: Readonly<Record<string, string>> = FONT_DATA[weight];
	const key = ALIASES[character] ?? character;
	if (!Object.hasOwn(glyphs, key)) {
		return undefined;
	}
	const [advance, ...outline] = glyphs[key].split(",");
	return { advance: unpack(advance)[0] / FONT_METRICS.unitsPerEm, outline };
}

/** How far the pen moves on after a character, in em. */
export function glyphAdvance(character: string, weight: FontWeight): number {
	return findGlyph(character, weight)?.advance ?? REPLACEMENT_ADVANCE;
}

/**
 * The outline of a character as polygons, the pen at (x, y) on the baseline.
 *
 * @param size pixels of one em.
 */
export function glyphContours(character: string, weight: FontWeight, size: number, x: number, y: number): Contour[] {
	const glyph = findGlyph(character, weight);
	if (glyph === undefined) {
		return replacementContours(size, x, y);
	}
	const scale = size / FONT_METRICS.unitsPerEm;
	let penX = 0;
	let penY = 0;
	return glyph.outline.map((packed) => {
		const contour: number[] = [];
		const lineTo = (unitX: number, unitY: number): void => {
			contour.push(x + unitX * scale, y - unitY * scale);
		};
		const [start, ...segments] = packed.split(/(?=[/~])/);
		const [startX, startY] = unpack(start);
		penX += startX;
		penY += startY;
		lineTo(penX, penY);
		for (const segment of segments) {
			const numbers = unpack(segment.slice(1));
			if (segment.startsWith("/")) {
				penX += numbers[0];
				penY += numbers[1];
				lineTo(penX, penY);
			} else {
				const [controlX, controlY] = [penX + numbers[0], penY + numbers[1]];
				const [endX, endY] = [controlX + numbers[2], controlY + numbers[3]];
				flatten(penX, penY, controlX, controlY, endX, endY, scale, lineTo);
				penX = endX;
				penY = endY;
			}
		}
		return contour;
	});
}

function flatten(
	x0: number,
	y0: number,
	x1: number,
	y1: number,
	x2: number,
	y2: number,
	scale: number,
	lineTo: (x: number, y: number) => void,
): void {
	const bendX = x0 - 2 * x1 + x2;
	const bendY = y0 - 2 * y1 + y2;
	const deviation = (Math.sqrt(bendX * bendX + bendY * bendY) * scale) / 4;
	const steps = Math.max(1, Math.ceil(Math.sqrt(deviation / FLATNESS)));
	for (let step = 1; step <= steps; step++) {
		const t = step / steps;
		const s = 1 - t;
		lineTo(s * s * x0 + 2 * s * t * x1 + t * t * x2, s * s * y0 + 2 * s * t * y1 + t * t * y2);
	}
}

function replacementContours(size: number, x: number, y: number): Contour[] {
	const { left, right, bottom, top, line } = REPLACEMENT_FRAME;
	const frame = (inset: number): [number, number, number, number] => [
		x + (left + inset) * size,
		y - (top - inset) * size,
		x + (right - inset) * size,
		y - (bottom + inset) * size,
	];
	const [outerLeft, outerTop, outerRight, outerBottom] = frame(0);
	const [innerLeft, innerTop, innerRight, innerBottom] = frame(line);
	return [
		[outerLeft, outerTop, outerRight, outerTop, outerRight, outerBottom, outerLeft, outerBottom],
		[innerLeft, innerTop, innerLeft, innerBottom, innerRight, innerBottom, innerRight, innerTop],
	];
}
