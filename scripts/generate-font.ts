/**
 * Makes `packages/core/src/render/font-data.ts` and `FONT-LICENSE.txt` beside it from the font Inter:
 *
 *   npm pack @fontsource/inter@5.3.0 && tar xzf fontsource-inter-5.3.0.tgz
 *   npx tsx scripts/generate-font.ts package
 *
 * A glyph is its advance width and its outline, packed as `report/glyphs.ts` explains.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import opentype, { type Font, type Glyph } from "opentype.js";

const WEIGHTS = { regular: 400, semibold: 600 };

/** Units per em of the data: half of Inter's, a twentieth of a pixel at 50 px. */
const UNITS_PER_EM = 1024;

const SIGNS = "ıŒœˆ˚˜‐‑‒–—―‘’‚“”„†‡•…‰′″‹›⁄€™↑↓−";

/** The sign for every 5 bits of a number; from the 33rd on more bits follow. */
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";

function characters(): string[] {
	const codes: number[] = [];
	for (let code = 0x20; code <= 0xff; code++) {
		if (code < 0x7f || (code >= 0xa0 && code !== 0xad)) {
			codes.push(code);
		}
	}
	return [...codes.map((code) => String.fromCharCode(code)), ...SIGNS];
}

function packNumber(value: number): string {
	let rest = value < 0 ? -value * 2 - 1 : value * 2;
	let text = "";
	do {
		const digit = rest % 32;
		rest = Math.floor(rest / 32);
		text += DIGITS[digit + (rest > 0 ? 32 : 0)];
	} while (rest > 0);
	return text;
}

function packGlyph(font: Font, glyph: Glyph): string {
	const scale = UNITS_PER_EM / font.unitsPerEm;
	const quantise = (value: number): number => Math.round(value * scale);
	let x = 0;
	let y = 0;
	const delta = (nextX: number, nextY: number): string => {
		const text = packNumber(quantise(nextX) - x) + packNumber(quantise(nextY) - y);
		x = quantise(nextX);
		y = quantise(nextY);
		return text;
	};
	let text = packNumber(quantise(glyph.advanceWidth));
	for (const command of glyph.path.commands) {
		switch (command.type) {
			case "M":
				text += `,${delta(command.x, command.y)}`;
				break;
			case "L":
				if (quantise(command.x) !== x || quantise(command.y) !== y) {
					text += `/${delta(command.x, command.y)}`;
				}
				break;
			case "Q":
				text += `~${delta(command.x1, command.y1)}${delta(command.x, command.y)}`;
				break;
			case "C":
				throw new Error("the font must have TrueType outlines: lines and quadratic curves only");
			case "Z":
				break;
		}
	}
	return text;
}

function readFont(folder: string, weight: number): Font {
	const file = readFileSync(join(folder, "files", `inter-latin-${weight}-normal.woff`));
	return opentype.parse(new Uint8Array(file).buffer);
}

function toSource(fonts: Record<string, Font>, licence: string): string {
	const faces = Object.entries(fonts).map(([name, font]) => {
		const glyphs = characters().flatMap((character) => {
			const glyph = font.charToGlyph(character);
			return glyph.index === 0 ? [] : [`\t\t${JSON.stringify(character)}: ${JSON.stringify(packGlyph(font, glyph))},`];
		});
		return `\t${name}: {\n${glyphs.join("\n")}\n\t},`;
	});
	const [first] = Object.values(fonts);
	const unit = (value: number): number => Math.round((value * UNITS_PER_EM) / first.unitsPerEm);
	return `/*!
 * Outlines of the font Inter, quantised. Made by scripts/generate-font.ts; do not edit. The code around it has another
 * licence; this is the licence of this file:
 *
${licence
	.trim()
	.split("\n")
	.map((line) => ` * ${line}`.trimEnd())
	.join("\n")}
 */

/** Distances in font units: 1 em is \`unitsPerEm\`; y points up, the baseline is 0. */
export const FONT_METRICS = {
	unitsPerEm: ${UNITS_PER_EM},
	ascender: ${unit(first.ascender)},
	descender: ${unit(first.descender)},
} as const;

/** Packed glyphs by weight and character. */
export const FONT_DATA = {
${faces.join("\n")}
} as const satisfies Record<string, Readonly<Record<string, string>>>;
`;
}

const folder = process.argv[2];
if (folder === undefined) {
	throw new Error("name the unpacked folder of @fontsource/inter: npx tsx scripts/generate-font.ts package");
}
const licence = readFileSync(join(folder, "LICENSE"), "utf8");
const fonts = Object.fromEntries(Object.entries(WEIGHTS).map(([name, weight]) => [name, readFont(folder, weight)]));
const target = new URL("../packages/core/src/render/", import.meta.url);
writeFileSync(new URL("font-data.ts", target), toSource(fonts, licence));
writeFileSync(new URL("FONT-LICENSE.txt", target), licence);
