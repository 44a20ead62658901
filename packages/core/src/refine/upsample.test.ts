import { describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import { loadJson, loadPng } from "../../../../fixtures/load.ts";
import { clusterScores, upsampleLabels } from "./upsample.ts";

interface UpsampleCase {
	readonly src: string;
	readonly method: string;
	readonly width: number;
	readonly height: number;
	readonly labels: number;
	readonly dst: string;
	readonly ties: string;
}

const cases = loadJson<UpsampleCase[]>("reference/post/post.json").filter(({ method }) => method === "onehot_bilinear");

describe("upsampleLabels", () => {
	it.each(cases)(
		"equals the reference on one-hot maps: $dst",
		({ src, width, height, labels: clusters, dst, ties }) => {
			const { data, width: cols, height: rows } = loadPng(`reference/post/${src}`);
			const scores = new Float32Array(data.length * clusters);
			data.forEach((label, i) => {
				scores[i * clusters + label] = 1;
			});
			const { labels } = upsampleLabels(kernels, {
				scores,
				grid: { rows, cols, patchSize: 14, stride: 14, inputWidth: cols * 14, inputHeight: rows * 14 },
				clusters,
				width,
				height,
				temperature: 1,
			});
			expect(labels).toMatchObject({ width, height, count: clusters });
			const expected = loadPng(`reference/post/${dst}`).data;
			const ambiguous = loadPng(`reference/post/${ties}`).data;
			expect(labels.data.findIndex((label, i) => label !== expected[i] && ambiguous[i] === 0)).toBe(-1);
		},
	);

	const grid = { rows: 1, cols: 2, patchSize: 14, stride: 14, inputWidth: 28, inputHeight: 14 };

	it("is sure inside a segment and unsure at its border", () => {
		const { labels, confidence } = upsampleLabels(kernels, {
			scores: Float32Array.of(0, -8, -8, 0),
			grid,
			clusters: 2,
			width: 9,
			height: 1,
			temperature: 1,
		});
		expect([...labels.data]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1]);
		expect(confidence[4]).toBe(0);
		expect(confidence[0]).toBe(255);
		expect([...confidence]).toEqual([...confidence].reverse());
	});

	it("gives 16-bit labels above 256 clusters", () => {
		const scores = new Float32Array(2 * 300).fill(-1);
		scores[299] = 0;
		scores[300] = 0;
		const options = { scores, grid, clusters: 300, width: 2, height: 1, temperature: 1 };
		expect(upsampleLabels(kernels, options).labels.data).toEqual(Uint16Array.of(299, 0));
	});

	it("rejects scores that do not fit the grid", () => {
		const options = { scores: new Float32Array(5), grid, clusters: 2, width: 4, height: 4, temperature: 1 };
		expect(() => upsampleLabels(kernels, options)).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
		expect(() => upsampleLabels(kernels, { ...options, clusters: 0 })).toThrow(
			expect.objectContaining({ code: "OPTION_INVALID" }),
		);
	});
});

describe("clusterScores", () => {
	it("is minus the squared distance, and plain 0 on the centroid", () => {
		const points = { data: Float32Array.of(0, 0, 3, 4), rows: 2, cols: 2 };
		const scores = clusterScores(kernels, points, Float64Array.of(0, 0, 3, 0, 0, 1));
		expect([...scores]).toEqual([0, -9, -1, -25, -16, -18]);
	});

	it("rejects centroids of another dimension", () => {
		const points = { data: new Float32Array(4), rows: 2, cols: 2 };
		expect(() => clusterScores(kernels, points, new Float64Array(3))).toThrow(
			expect.objectContaining({ code: "SHAPE_MISMATCH" }),
		);
	});
});
