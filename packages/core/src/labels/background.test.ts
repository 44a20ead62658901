import { describe, expect, it } from "vitest";
import { makeLabelMap } from "../../../../fixtures/label-maps.ts";
import { forEachSeed } from "../../../../fixtures/seeds.ts";
import { createRandom } from "../rng.ts";
import { clearBackground, markBackground, segmentPixels } from "./background.ts";
import { allocateLabels, type LabelMap } from "./label-map.ts";
import { decodeLabelPng, encodeLabelPng } from "./label-png.ts";
import { numberMap } from "./numbering.ts";
import { segmentStatistics } from "./statistics.ts";

const map = (count: number, ...data: number[]): LabelMap => {
	const labels = allocateLabels(data.length, count);
	labels.set(data);
	return { data: labels, width: data.length, height: 1, count };
};

describe("markBackground", () => {
	it("gives the pixels without data an id above all others, and leaves the others", () => {
		forEachSeed(104, (seed) => {
			const random = createRandom(seed);
			const before = makeLabelMap(seed);
			const valid = Uint8Array.from(before.data, () => Number(random.next() < 0.5));
			const expected = Array.from(before.data, (id, at) => (valid[at] ? id : before.count));
			const marked = markBackground({ ...before, data: before.data.slice() }, valid);
			expect(marked).toMatchObject({ count: before.count + 1, background: before.count });
			expect([...marked.data]).toEqual(expected);
			expect(segmentPixels(marked)).toBe(valid.reduce((sum, value) => sum + value, 0));
		});
	});

	it("has room where a byte is full", () => {
		const { data } = markBackground(map(256, 255, 0, 7), Uint8Array.of(1, 0, 1));
		expect(data).toEqual(Uint16Array.of(255, 256, 7));
	});

	it("refuses a mask of another size", () => {
		expect(() => markBackground(map(1, 0, 0), new Uint8Array(3))).toThrow(
			expect.objectContaining({ code: "SHAPE_MISMATCH" }),
		);
	});
});

it("clearBackground makes values 0 where there are no data", () => {
	const values = Uint8Array.of(200, 100, 255);
	clearBackground(values, Uint8Array.of(1, 0, 1));
	expect(values).toEqual(Uint8Array.of(200, 0, 255));
});

it("segmentPixels counts all where there is no background", () => {
	expect(segmentPixels(map(2, 0, 1, 1))).toBe(3);
});

describe("a map with a background", () => {
	const marked = markBackground(map(4, 3, 3, 1, 0, 0, 0, 0), Uint8Array.of(1, 1, 1, 0, 0, 0, 0));

	it("is numbered with it last, however large it is", () => {
		const { labels, order } = numberMap(marked);
		expect(labels).toEqual({ ...map(3, 0, 0, 1, 2, 2, 2, 2), background: 2 });
		expect(order).toEqual(Uint16Array.of(3, 1));
		expect(numberMap(labels)).toEqual({ labels, order: Uint16Array.of(0, 1) });
	});

	it("has no statistics of it, and shares of what is left", () => {
		const image = { data: new Uint8Array(7 * 3), width: 7, height: 1 };
		expect(segmentStatistics(marked, image).map(({ id, pixels, share }) => [id, pixels, share])).toEqual([
			[1, 1, 1 / 3],
			[3, 2, 2 / 3],
		]);
	});

	it("has it in black in its PNG, which reads back", () => {
		const bytes = encodeLabelPng(numberMap(marked).labels);
		const { data, count } = decodeLabelPng(bytes);
		expect([...data]).toEqual([0, 0, 1, 2, 2, 2, 2]);
		expect(count).toBe(3);
		const palette = Buffer.from(bytes);
		const at = palette.indexOf("PLTE") + 4;
		expect([...palette.subarray(at + 6, at + 9)]).toEqual([0, 0, 0]);
	});
});
