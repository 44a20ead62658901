import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import type { LabelMap } from "../labels/label-map.ts";
import { absorbSmallRegions } from "./absorb.ts";

/** A label map drawn with one digit per pixel. */
function draw(...rows: string[]): LabelMap {
	return { data: Uint8Array.from(rows.join(""), Number), width: rows[0].length, height: rows.length, count: 10 };
}

function absorbed(minPixels: number, ...rows: string[]): string[] {
	const { data, width } = absorbSmallRegions(kernels, draw(...rows), minPixels);
	return rows.map((_, y) => data.subarray(y * width, (y + 1) * width).join(""));
}

describe("absorbSmallRegions", () => {
	it("prefers the longest border", () => {
		expect(absorbed(3, "11222", "17722", "11222")).toEqual(["11222", "12222", "11222"]);
	});

	it("breaks ties by the larger region, the lower label, then raster order", () => {
		expect(absorbed(2, "1117", "7722", "2222").join()).toBe("1112,7722,2222");
		expect(absorbed(2, "2230011").join()).toBe("2200011");
		expect(absorbed(2, "2231122").join()).toBe("2211122");
		expect(absorbed(2, "0002230022000").join()).toBe("0002200022000");
	});

	it("starts with the smallest and counts merged regions with their new size", () => {
		expect(absorbed(3, "1112331").join()).toBe("1111333");
		expect(absorbed(4, "0000123").join()).toBe("0000000");
		expect(absorbed(2, "0000112").join()).toBe("0000111");
	});

	it("joins regions of one label that meet when the speck between them goes", () => {
		expect(absorbed(5, "55755", "55755", "66666").join()).toBe("55555,55555,66666");
	});

	it("leaves the map alone where nothing is too small, and a picture of one region", () => {
		const map = draw("1122", "1122");
		for (const minPixels of [0, 1, 4]) {
			expect(absorbSmallRegions(kernels, map, minPixels)).toBe(map);
		}
		const flat = draw("333");
		expect(absorbSmallRegions(kernels, flat, 100)).toBe(flat);
	});

	it("ends with one region when none can be large enough", () => {
		const data = absorbSmallRegions(kernels, draw("0123", "4567", "8901"), 1000).data;
		expect(new Set(data).size).toBe(1);
	});

	it("neither takes nor gives pixels of a frozen label", () => {
		const absorbedWithin = (...rows: string[]) => {
			const { data, width } = absorbSmallRegions(kernels, draw(...rows), 3, { frozen: 9 });
			return rows.map((_, y) => data.subarray(y * width, (y + 1) * width).join(""));
		};
		expect(absorbedWithin("11192", "11912", "19111")).toEqual(["11191", "11911", "19111"]);
		expect(absorbedWithin("1112299", "9999999", "1222111")).toEqual(["1111199", "9999999", "2222111"]);
		expect(absorbedWithin("29991", "99999")).toEqual(["29991", "99999"]);
	});

	it("keeps 16 bits", () => {
		const map: LabelMap = { data: Uint16Array.of(300, 300, 7, 300), width: 4, height: 1, count: 301 };
		expect(absorbSmallRegions(kernels, map, 2)).toEqual({ ...map, data: new Uint16Array(4).fill(300) });
	});

	it("equals doing it one region at a time, and leaves no small region", () => {
		const maps = fc
			.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5 }))
			.chain(([width, height, max]) =>
				fc
					.uint8Array({ minLength: width * height, maxLength: width * height, max })
					.map((data): LabelMap => ({ data, width, height, count: max + 1 })),
			);
		fc.assert(
			fc.property(maps, fc.integer({ min: 2, max: 30 }), (map, minPixels) => {
				const result = absorbSmallRegions(kernels, map, minPixels);
				expect(result.data).toEqual(absorbNaively(map, minPixels));
				const copy = { ...map, data: map.data.slice() };
				const overwritten = absorbSmallRegions(kernels, copy, minPixels, { overwrite: true });
				expect(overwritten).toEqual(result);
				expect(overwritten.data).toBe(copy.data);
				const { data, count } = kernels.connectedRegions(result.data, map.width, map.height);
				for (let region = 0; region < count; region++) {
					expect(count === 1 || data.filter((id) => id === region).length >= minPixels).toBe(true);
				}
			}),
			{ numRuns: 400 },
		);
	});

	it.each([-1, 2.5, 2 ** 31, Number.NaN])("rejects %s", (minPixels) => {
		expect(() => absorbSmallRegions(kernels, draw("01"), minPixels)).toThrow(
			expect.objectContaining({ code: "OPTION_INVALID" }),
		);
	});
});

/** The rule as it is written: find all regions anew after each merge. */
function absorbNaively(map: LabelMap, minPixels: number): Uint8Array {
	const { width, height } = map;
	const labels = Uint8Array.from(map.data);
	for (;;) {
		const { data, count } = kernels.connectedRegions(labels, width, height);
		const sizes = new Array<number>(count).fill(0);
		data.forEach((region) => {
			sizes[region]++;
		});
		const smallest = sizes.indexOf(Math.min(...sizes));
		if (count === 1 || sizes[smallest] >= minPixels) {
			return labels;
		}
		const borders = new Map<number, number>();
		data.forEach((region, i) => {
			const x = i % width;
			const around = [x > 0 ? i - 1 : -1, x < width - 1 ? i + 1 : -1, i - width, i + width];
			for (const n of around.filter((at) => at >= 0 && at < data.length)) {
				if (region === smallest && data[n] !== smallest) {
					borders.set(data[n], (borders.get(data[n]) ?? 0) + 1);
				}
			}
		});
		const labelOf = (region: number) => labels[data.indexOf(region)];
		const [target] = [...borders.keys()].sort(
			(a, b) =>
				(borders.get(b) ?? 0) - (borders.get(a) ?? 0) || sizes[b] - sizes[a] || labelOf(a) - labelOf(b) || a - b,
		);
		const label = labelOf(target);
		data.forEach((region, i) => {
			if (region === smallest) {
				labels[i] = label;
			}
		});
	}
}
