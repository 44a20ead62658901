import fc from "fast-check";
import { expect, it } from "vitest";
import { isFull } from "../../../../fixtures/is-full.ts";
import { tileCopies, tilePicture } from "./tiling.ts";

const length = fc.integer({ min: 1, max: 60 });

it("tiles hold each pixel of the picture, and those of their neighbours in the apron", () => {
	fc.assert(
		fc.property(
			length,
			length,
			fc.integer({ min: 4, max: 40 }),
			fc.integer({ min: 0, max: 1 }),
			(width, height, max, apron) => {
				const tiling = tilePicture({ width, height }, max, apron);
				expect(tiling.tileWidth).toBeLessThanOrEqual(max);
				expect(tiling.tileHeight).toBeLessThanOrEqual(max);
				const size = tiling.tileWidth * tiling.tileHeight;
				const tiles = new Int32Array(size * tiling.columns * tiling.rows).fill(-1);
				// In two bands, as pictures are uploaded.
				const half = height >> 1;
				for (const rect of [
					{ x: 0, y: 0, width, height: half },
					{ x: 0, y: half, width, height: height - half },
				]) {
					for (const { tile, x, y, source } of tileCopies(tiling, rect)) {
						for (let row = 0; row < source.height; row++) {
							for (let column = 0; column < source.width; column++) {
								tiles[tile * size + (y + row) * tiling.tileWidth + x + column] =
									(source.y + row) * width + source.x + column;
							}
						}
					}
				}
				for (let y = 0; y < height; y++) {
					for (let x = 0; x < width; x++) {
						const column = Math.floor(x / tiling.innerWidth);
						const row = Math.floor(y / tiling.innerHeight);
						const base = (row * tiling.columns + column) * size;
						for (const [dx, dy] of [
							[0, 0],
							[tiling.apron, 0],
							[-tiling.apron, 0],
							[0, tiling.apron],
							[0, -tiling.apron],
						]) {
							if (x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height) {
								const left = x + dx - column * tiling.innerWidth + tiling.apron;
								const top = y + dy - row * tiling.innerHeight + tiling.apron;
								expect(tiles[base + top * tiling.tileWidth + left]).toBe((y + dy) * width + x + dx);
							}
						}
					}
				}
			},
		),
		{ numRuns: isFull ? 50 : 15 },
	);
});

it("a picture that fits is one tile of its size", () => {
	const tiling = tilePicture({ width: 300, height: 256 }, 300, 1);
	expect(tiling).toMatchObject({ columns: 1, rows: 1, apron: 0, tileWidth: 300, tileHeight: 256 });
});

it("tiles are of one size, hardly larger than needed", () => {
	const tiling = tilePicture({ width: 1000, height: 100 }, 600, 1);
	expect(tiling).toMatchObject({
		columns: 2,
		rows: 1,
		innerWidth: 500,
		innerHeight: 100,
		tileWidth: 502,
		tileHeight: 102,
	});
});
