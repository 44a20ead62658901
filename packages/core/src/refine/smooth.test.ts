import { describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import { loadJson, loadPng } from "../../../../fixtures/load.ts";
import type { LabelMap } from "../labels/label-map.ts";
import { defaultSmoothWindow, smoothLabels } from "./smooth.ts";

interface FilterCase {
	readonly src: string;
	readonly op: string;
	readonly ksize: number;
	readonly dst: string;
}

const cases = loadJson<FilterCase[]>("reference/post/post.json").filter(({ op }) => op === "median" || op === "mode");

describe("smoothLabels", () => {
	it.each(cases)("equals the reference: $dst", ({ src, op, ksize, dst }) => {
		const { data, width, height } = loadPng(`reference/post/${src}`);
		const labels: LabelMap = { data, width, height, count: 7 };
		const method = op === "mode" ? "majority" : "median";
		const smoothed = smoothLabels(kernels, labels, { method, window: ksize });
		expect(smoothed).toMatchObject({ width, height, count: 7 });
		expect(Buffer.compare(smoothed.data as Uint8Array, loadPng(`reference/post/${dst}`).data)).toBe(0);
	});

	const labels: LabelMap = { data: Uint16Array.of(0, 300, 0, 0), width: 2, height: 2, count: 301 };

	it("returns the same map where nothing is to be done", () => {
		expect(smoothLabels(kernels, labels, { method: "none", window: 9 })).toBe(labels);
		expect(smoothLabels(kernels, labels, { method: "median", window: 1 })).toBe(labels);
	});

	it("keeps 16 bits", () => {
		for (const method of ["median", "majority"] as const) {
			const smoothed = smoothLabels(kernels, labels, { method, window: 5 });
			expect(smoothed.data).toEqual(new Uint16Array(4));
		}
	});

	it("never invents a label by majority, as the median does", () => {
		const data = Uint8Array.of(0, 0, 1, 2, 2);
		const strip: LabelMap = { data, width: 5, height: 1, count: 3 };
		expect([...smoothLabels(kernels, strip, { method: "median", window: 5 }).data]).toContain(1);
		expect([...smoothLabels(kernels, strip, { method: "majority", window: 5 }).data]).not.toContain(1);
	});

	it.each([2, 257, -1, 3.5])("rejects window %s", (window) => {
		expect(() => smoothLabels(kernels, labels, { method: "median", window })).toThrow(
			expect.objectContaining({ code: "OPTION_INVALID" }),
		);
	});
});

describe("defaultSmoothWindow", () => {
	const grid = { patchSize: 14, inputWidth: 518, inputHeight: 518, imageWidth: 518, imageHeight: 518 };

	it.each([
		[{}, 15],
		[{ imageWidth: 4000, imageHeight: 4000 }, 109],
		[{ imageWidth: 490, imageHeight: 490 }, 13],
		[{ imageWidth: 1036 }, 21],
		[{ imageWidth: 10, imageHeight: 10 }, 1],
		[{ imageWidth: 1, imageHeight: 1 }, 1],
		[{ imageWidth: 20000, imageHeight: 20000 }, 255],
	])("%o gives %i", (sizes, window) => {
		expect(defaultSmoothWindow({ ...grid, ...sizes })).toBe(window);
	});

	it.each([
		["majority", 15],
		["guided", 141],
	] as const)("gives %s %i pixels", (method, window) => {
		expect(defaultSmoothWindow(grid, method)).toBe(window);
		expect(defaultSmoothWindow({ ...grid, imageWidth: 1, imageHeight: 1 }, method)).toBe(1);
	});

	it("keeps the window of guided below half of the shorter side", () => {
		const coarse = { ...grid, inputWidth: 224, inputHeight: 224 };
		expect(defaultSmoothWindow(coarse, "guided")).toBe(207);
		expect(defaultSmoothWindow({ ...coarse, imageHeight: 260 }, "guided")).toBe(105);
	});
});
