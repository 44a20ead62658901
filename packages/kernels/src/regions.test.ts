import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFull } from "../../../fixtures/is-full.ts";
import { backends } from "../../../fixtures/kernels.ts";

/** Small label maps of up to four labels. */
const maps = fc
	.tuple(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 16 }), fc.integer({ min: 0, max: 3 }))
	.chain(([width, height, max]) =>
		fc
			.uint8Array({ minLength: width * height, maxLength: width * height, max })
			.map((data) => ({ data, width, height })),
	);

describe.each(backends)("connectedRegions ($name)", (kernels) => {
	it("numbers regions in raster order of their first pixel", () => {
		const { data, count } = kernels.connectedRegions(
			// biome-ignore format: a picture
			Uint8Array.of(
				1, 1, 0, 1,
				0, 1, 0, 1,
				0, 1, 1, 1,
				0, 0, 0, 2,
			),
			4,
			4,
		);
		// biome-ignore format: a picture
		expect([...data]).toEqual([
			0, 0, 1, 0,
			2, 0, 1, 0,
			2, 0, 0, 0,
			2, 2, 2, 3,
		]);
		expect(count).toBe(4);
	});

	it("does not join diagonally", () => {
		expect(kernels.connectedRegions(Uint16Array.of(7, 9, 9, 7), 2, 2)).toEqual({
			data: Uint32Array.of(0, 1, 2, 3),
			count: 4,
		});
	});

	it("equals flood fill", () => {
		fc.assert(
			fc.property(maps, ({ data, width, height }) => {
				expect(kernels.connectedRegions(data, width, height)).toEqual(floodFill(data, width, height));
			}),
			{ numRuns: isFull ? 300 : 100 },
		);
	});

	it("gives the same by runs", () => {
		fc.assert(
			fc.property(maps, ({ data, width, height }) => {
				const { ends, regions, count } = kernels.connectedRuns(data, width);
				const whole = kernels.connectedRegions(data, width, height);
				expect(count).toBe(whole.count);
				expect(regions).toHaveLength(ends.length);
				expect(Array.from(data.keys(), (i) => regions[ends.findIndex((end) => i < end)])).toEqual([...whole.data]);
				const isEnd = (i: number) => (i + 1) % width === 0 || data[i] !== data[i + 1];
				expect([...ends]).toEqual(Array.from(data.keys(), (i) => i + 1).filter((end) => isEnd(end - 1)));
			}),
			{ numRuns: isFull ? 100 : 33 },
		);
	});

	it("handles one region and a spiral", () => {
		expect(kernels.connectedRegions(new Uint8Array(6), 3, 2)).toEqual({ data: new Uint32Array(6), count: 1 });
		const rows = [".......", ".#####.", ".#...#.", ".#.#.#.", ".#.###.", ".#....."];
		const map = Uint8Array.from(rows.join(""), (cell) => (cell === "#" ? 1 : 0));
		expect(kernels.connectedRegions(map, 7, 6)).toEqual(floodFill(map, 7, 6));
	});
});

function floodFill(labels: Uint8Array, width: number, height: number) {
	const data = new Uint32Array(labels.length).fill(2 ** 32 - 1);
	let count = 0;
	for (let first = 0; first < labels.length; first++) {
		if (data[first] !== 2 ** 32 - 1) {
			continue;
		}
		const open = [first];
		data[first] = count;
		for (let i = open.pop(); i !== undefined; i = open.pop()) {
			const x = i % width;
			const neighbours = [x > 0 ? i - 1 : i, x < width - 1 ? i + 1 : i, i - width, i + width];
			for (const n of neighbours) {
				if (n >= 0 && n < width * height && labels[n] === labels[i] && data[n] !== count) {
					data[n] = count;
					open.push(n);
				}
			}
		}
		count++;
	}
	return { data, count };
}
