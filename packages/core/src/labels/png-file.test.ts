import fc from "fast-check";
import { decode, encode } from "fast-png";
import { describe, expect, it } from "vitest";
import { encodePngFile } from "./png-file.ts";

const side = fc.integer({ min: 1, max: 40 });
const noise = (length: number, seed: number) =>
	Uint8Array.from({ length }, (_, index) => (Math.imul(index + seed, 2654435761) >>> 13) & 255);

describe("encodePngFile", () => {
	it("is read back by the library, checksums and all", () => {
		fc.assert(
			fc.property(side, side, fc.nat(), (width, height, seed) => {
				const rgb = noise(3 * width * height, seed);
				const color = decode(encodePngFile({ width, height, kind: "rgb", bytes: rgb }, 3), { checkCrc: true });
				expect(color).toMatchObject({ width, height, channels: 3, depth: 8, data: rgb });
				const two = noise(2 * width * height, seed);
				const grey = decode(encodePngFile({ width, height, kind: "grey16", bytes: two }, 3), { checkCrc: true });
				expect([...grey.data]).toEqual(
					Array.from({ length: width * height }, (_, index) => 256 * two[2 * index] + two[2 * index + 1]),
				);
				const ids = noise(width * height, seed).map((value) => value % 5);
				const palette = noise(15, seed);
				const indexed = decode(encodePngFile({ width, height, kind: "indexed", bytes: ids, palette }, 3));
				expect(indexed.data).toEqual(ids);
				expect(indexed.palette?.flat()).toEqual([...palette]);
			}),
		);
	});

	it("writes the bytes that the library writes", () => {
		const [width, height] = [37, 11];
		const rgb = noise(3 * width * height, 1);
		const ours = encodePngFile({ width, height, kind: "rgb", bytes: rgb }, 3);
		expect(ours).toEqual(encode({ width, height, data: rgb, channels: 3, depth: 8 }, { zlib: { level: 3 } }));
	});
});
