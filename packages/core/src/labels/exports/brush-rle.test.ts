import { decode, encode } from "@thi.ng/rle-pack";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstDifference } from "../../../../../fixtures/first-difference.ts";
import { makeLabelMap, PROVED_MAP_COUNT } from "../../../../../fixtures/label-maps.ts";
import { forEachSeed } from "../../../../../fixtures/seeds.ts";
import { encodeBrushRle } from "./brush-rle.ts";
import { maskRuns } from "./mask-runs.ts";

/** The bytes of red, green, blue and alpha that the run lengths stand for. */
function layOut(runs: Uint32Array, pixels: number): Uint8Array {
	const bytes = new Uint8Array(pixels * 4);
	for (let at = 0; at < runs.length; at += 2) {
		bytes.fill(255, runs[at] * 4, runs[at + 1] * 4);
	}
	return bytes;
}

/** Lengths of runs, also around those where a code of the format ends: 2, 4, 64 and 16384 pixels. */
const lengths = fc.array(
	fc.oneof(fc.integer({ min: 1, max: 70 }), fc.constantFrom(16383, 16384, 16385, 32768, 32769)),
	{ minLength: 2, maxLength: 12 },
);

describe("encodeBrushRle", () => {
	it("writes what the library writes for the picture's bytes, and the library reads them back", {
		timeout: 60_000,
	}, () => {
		forEachSeed(PROVED_MAP_COUNT, (index) => {
			const labels = makeLabelMap(index);
			const pixels = labels.data.length;
			for (const { runs } of maskRuns(labels).slice(0, 4)) {
				const bytes = layOut(runs, pixels);
				const file = encodeBrushRle(runs, pixels);
				expect(firstDifference(file, encode(bytes, bytes.length, 8, [3, 4, 8, 16])), `map ${index}`).toBe(-1);
				expect(firstDifference(decode(file), bytes), `map ${index}`).toBe(-1);
			}
		});
	});

	it("does so for runs of every length", () => {
		fc.assert(
			fc.property(lengths, fc.boolean(), (own, beginsInside) => {
				let total = 0;
				const ends = own.map((length) => {
					total += length;
					return total;
				});
				const positions = beginsInside ? [0, ...ends] : ends;
				const runs = Uint32Array.from(positions.slice(0, positions.length & ~1));
				const pixels = total;
				expect(firstDifference(decode(encodeBrushRle(runs, pixels)), layOut(runs, pixels))).toBe(-1);
			}),
			{ numRuns: 20 },
		);
	});

	it("begins with the number of bytes, the size of a word and those of the runs", () => {
		const file = encodeBrushRle(Uint32Array.of(1, 2), 3);
		const bits = [...file].map((byte) => byte.toString(2).padStart(8, "0")).join("");
		const field = (begin: number, size: number) => Number.parseInt(bits.slice(begin, begin + size), 2);
		expect(field(0, 32)).toBe(12);
		expect(field(32, 5) + 1).toBe(8);
		expect([37, 41, 45, 49].map((begin) => field(begin, 4) + 1)).toEqual([3, 4, 8, 16]);
		// Run, kind of length 0, 4 bytes, value: outside, inside, outside.
		expect(bits.slice(53, 95)).toBe(`1${"00"}${"011"}${"00000000"}100011${"11111111"}100011${"00000000"}`);
	});
});
