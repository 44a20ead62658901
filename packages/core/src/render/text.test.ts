import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFull } from "../../../../fixtures/is-full.ts";
import { createCanvas } from "./canvas.ts";
import type { FontWeight } from "./glyphs.ts";
import { drawText, joinLines, measureText, shortenText } from "./text.ts";

const style = { size: 32 };

function draw(text: string, size = 32, weight: FontWeight = "regular"): Uint8Array {
	const canvas = createCanvas(600, 60, [255, 255, 255]);
	drawText(canvas, text, { size, weight, x: 10, y: 40, color: [0, 0, 0] });
	return canvas.data;
}

function digest(pixels: Uint8Array): string {
	return createHash("sha256").update(pixels).digest("hex");
}

/** Columns that have ink, from the first to the last. */
function inkRange(pixels: Uint8Array): readonly [first: number, last: number] {
	const columns = [...pixels.keys()].filter((index) => pixels[index] < 255).map((index) => Math.floor(index / 3) % 600);
	return [columns.reduce((a, b) => Math.min(a, b), 600), columns.reduce((a, b) => Math.max(a, b), -1)];
}

describe("drawText", () => {
	it("draws every printable character of ASCII and the common signs with an outline of its own", () => {
		const ascii = Array.from({ length: 94 }, (_, index) => String.fromCharCode(0x21 + index));
		for (const weight of ["regular", "semibold"] as const) {
			const box = digest(draw("\u0001", 32, weight));
			const drawn = [...ascii, ..."·×–—…µ±°²éüßñÅ“”’•−€"].map((character) => digest(draw(character, 32, weight)));
			expect(drawn).not.toContain(box);
			expect(new Set(drawn).size).toBe(drawn.length);
		}
	});

	it("draws a frame for whatever the font lacks", () => {
		const box = draw("\u0001");
		expect(inkRange(box)[1]).toBeGreaterThan(inkRange(box)[0]);
		for (const text of ["図", "😀", "\n", "\ud800", "\u202e", "\u0000"]) {
			expect(digest(draw(text))).toBe(digest(box));
		}
	});

	it("never fails on any text", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary", maxLength: 12 }), (text) => {
				draw(text);
				expect(measureText(text, style)).toBeGreaterThanOrEqual(0);
			}),
			{ numRuns: isFull ? 50 : 15 },
		);
	});

	it("draws an accent that was parted from its letter as one character", () => {
		expect(digest(draw("e\u0301"))).toBe(digest(draw("é")));
	});

	it("keeps ink within the measured width", () => {
		for (const text of ["Segmentation", "Median blur 5 × 5", "k = 6"]) {
			const [first, last] = inkRange(draw(text));
			expect(first).toBeGreaterThanOrEqual(9);
			expect(last).toBeLessThanOrEqual(10 + measureText(text, style) + 1);
		}
	});

	it("aligns to the left, the middle and the right", () => {
		const at = (align: "left" | "center" | "right") => {
			const canvas = createCanvas(600, 60, [255, 255, 255]);
			drawText(canvas, "Original", { ...style, x: 300, y: 40, color: [0, 0, 0], align });
			return inkRange(canvas.data);
		};
		expect(at("left")[0]).toBeGreaterThanOrEqual(300);
		expect(at("right")[1]).toBeLessThanOrEqual(300);
		const [first, last] = at("center");
		expect(Math.abs((first + last) / 2 - 300)).toBeLessThan(2);
	});

	it("gives the same bytes everywhere", () => {
		const drawn = digest(draw("Smoothed (median 15) · 34.2 %", 32, "semibold"));
		expect(drawn).toBe("9752b62650c2d02f362004b32b1ed23596ccbfac75df974d755f528f4b7fd8e9");
	});
});

describe("measureText", () => {
	it("grows with the text and in proportion to the size", () => {
		expect(measureText("", style)).toBe(0);
		expect(measureText("ab", style)).toBeCloseTo(measureText("a", style) + measureText("b", style), 9);
		expect(measureText("ab", { size: 64 })).toBeCloseTo(2 * measureText("ab", style), 9);
		expect(measureText("W", { size: 32, weight: "semibold" })).not.toBe(measureText("W", style));
	});
});

describe("shortenText", () => {
	it("leaves what fits and cuts what does not", () => {
		expect(shortenText("photo.jpg", 400, style)).toBe("photo.jpg");
		const short = shortenText("a very long file name that goes on and on.jpg", 300, style);
		expect(short).toMatch(/^a very long .*[^ ]…$/);
		expect(measureText(short, style)).toBeLessThanOrEqual(300);
		expect(shortenText("abc", 1, style)).toBe("…");
	});
});

describe("joinLines", () => {
	it("breaks between parts only", () => {
		expect(joinLines(["k = 6", "tiny", "input 518 × 518"], 10_000, style)).toEqual([
			"k = 6  ·  tiny  ·  input 518 × 518",
		]);
		expect(joinLines(["k = 6", "tiny", "input 518 × 518"], 260, style)).toEqual(["k = 6  ·  tiny", "input 518 × 518"]);
	});
});
