import { describe, expect, it } from "vitest";
import { expectCancellable } from "../../../fixtures/cancellable.ts";
import type { Kernels } from "./kernels.ts";
import { referenceKernels } from "./reference/index.ts";
import { loadSimdKernels } from "./simd/index.ts";
import { serveKernels } from "./simd/threads/serve.ts";
import { supportsSimd } from "./simd/web-assembly.ts";

const COUNT = 331;
const DIM = 263;
const SIDE = 150;

const points = Float32Array.from({ length: COUNT * DIM }, (_, i) => 3 + Math.sin(i * 12.9898) * ((i % DIM) + 1));
const mean = referenceKernels.columnMeans(points, COUNT, DIM);
const scatter = referenceKernels.scatterMatrix(points, COUNT, DIM, mean);
const centroids = Float64Array.from(points.subarray(0, 40 * DIM));
const picture = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => 128 + 127 * Math.sin(i * i));
const labels = picture.subarray(0, SIDE * SIDE).map((value) => value >> 5);
const wideLabels = Uint16Array.from(labels, (label, i) => 40 * label + (i % 40));
const oneLabel = new Uint8Array(2 ** 18).fill(7);
const scores = points.subarray(0, 10 * 10 * 12);
const geometry = { rows: 10, cols: 10, rowScale: 10 / SIDE, rowOffset: -0.5, colScale: 10 / SIDE, colOffset: -0.5 };

/** Each in every way that a build has to do it. */
const CALLS: Record<string, (kernels: Kernels) => unknown> = {
	"medianFilter of 3": (kernels) => kernels.medianFilter(picture, SIDE, SIDE, 3, 3),
	"medianFilter of 5": (kernels) => kernels.medianFilter(picture, SIDE, SIDE, 3, 5),
	"medianFilter of 9": (kernels) => kernels.medianFilter(picture, SIDE, SIDE, 3, 9),
	"medianFilter of 17": (kernels) => kernels.medianFilter(picture, SIDE, SIDE, 3, 17),
	"medianFilter of few labels": (kernels) => kernels.medianFilter(labels, SIDE, SIDE, 1, 9),
	"medianFilter of many labels": (kernels) => kernels.medianFilter(wideLabels, SIDE, SIDE, 1, 9),
	"medianFilter of one label": (kernels) => kernels.medianFilter(oneLabel, 512, 512, 1, 9),
	"majorityFilter of few labels": (kernels) => kernels.majorityFilter(labels, SIDE, SIDE, 8, 9),
	"majorityFilter of many labels": (kernels) => kernels.majorityFilter(wideLabels, SIDE, SIDE, 320, 9),
	"majorityFilter of one label": (kernels) => kernels.majorityFilter(oneLabel, 512, 512, 8, 9),
	"resizeBicubic of rows": (kernels) => kernels.resizeBicubic(picture, SIDE, SIDE, 3, 60, SIDE),
	"resizeBicubic of columns": (kernels) => kernels.resizeBicubic(picture, SIDE, SIDE, 3, SIDE, 60),
	"resizeBicubic of both": (kernels) => kernels.resizeBicubic(picture, SIDE, SIDE, 3, 60, 70),
	"resizeBicubic of neither": (kernels) => kernels.resizeBicubic(oneLabel, 512, 512, 1, 512, 512),
	"resizeBicubic of five channels": (kernels) => kernels.resizeBicubic(picture, 90, SIDE, 5, 60, 70),
	columnMeans: (kernels) => kernels.columnMeans(points, COUNT, DIM),
	scatterMatrix: (kernels) => kernels.scatterMatrix(points, COUNT, DIM, mean),
	gramMatrix: (kernels) => kernels.gramMatrix(points, COUNT, DIM, mean),
	symmetricEigen: (kernels) => kernels.symmetricEigen(scatter, DIM, () => 200),
	"symmetricEigen of a small matrix": (kernels) => kernels.symmetricEigen(scatter.subarray(0, 900), 30),
	combineRows: (kernels) => kernels.combineRows(points, COUNT, DIM, mean, scatter, 60),
	project: (kernels) => kernels.project(points, COUNT, DIM, mean, scatter, 200),
	assignClusters: (kernels) => kernels.assignClusters(points, COUNT, DIM, centroids, 40),
	"assignClusters of two points": (kernels) => kernels.assignClusters(points, 2, DIM, centroids, 40),
	squaredDistances: (kernels) => kernels.squaredDistances(points, COUNT, DIM, centroids, 40),
	"squaredDistances of two points": (kernels) => kernels.squaredDistances(points, 2, DIM, centroids, 40),
	clusterSums: (kernels) =>
		kernels.clusterSums(points, COUNT, DIM, new Uint16Array(COUNT), new Float64Array(COUNT).fill(0.5), 1),
	upsampleScores: (kernels) => kernels.upsampleScores(scores, 12, geometry, SIDE, SIDE, 500),
	"upsampleScores of one cluster": (kernels) => kernels.upsampleScores(scores, 1, geometry, SIDE, SIDE, 500),
	slic: (kernels) => {
		const channels = [0, 1, 2].map((channel) => points.subarray(channel * 7, channel * 7 + SIDE * SIDE));
		const centres = Float64Array.from({ length: 30 * 5 }, (_, i) => (i * 37) % SIDE);
		const options = { reach: 40, placeWeight: 0.3, iterations: 3 };
		return kernels.slic(channels as [Float32Array, Float32Array, Float32Array], SIDE, SIDE, centres, options);
	},
	connectedRegions: (kernels) => kernels.connectedRegions(wideLabels, SIDE, SIDE),
	connectedRuns: (kernels) => kernels.connectedRuns(wideLabels, SIDE),
};

/** Checks of long work: about one for each row or panel and block. A helper looks on its own, so there fewer are counted. */
const LEAST: Readonly<Record<string, Readonly<Record<string, number>>>> = {
	reference: { scatterMatrix: 130, gramMatrix: 160, symmetricEigen: 8000, combineRows: 360, project: 80 },
	simd: { scatterMatrix: 460, gramMatrix: 800, symmetricEigen: 5000, combineRows: 100, project: 200 },
};

/** Work so short that one check at its start is enough. */
const SHORT = /two points|one cluster|columnMeans|clusterSums/;

const builds = {
	reference: async () => referenceKernels,
	simd: () => loadSimdKernels(),
	"simd with a helper": async () => {
		const serve = await serveKernels();
		return loadSimdKernels({ helpers: [{ postMessage: (message) => serve(structuredClone(message)) }] });
	},
};
const names = Object.keys(builds) as (keyof typeof builds)[];

describe.each(supportsSimd() ? names : names.slice(0, 1))("checked kernels: %s", async (build) => {
	const kernels = await builds[build]();

	it.each(Object.keys(CALLS))("end when the check throws, and stay usable: %s", async (name) => {
		const checks = await expectCancellable((signal) =>
			CALLS[name](
				kernels.checked(() => {
					if (signal.aborted) {
						throw new Error("cancelled");
					}
				}),
			),
		);
		expect(checks).toBeGreaterThanOrEqual(LEAST[build]?.[name] ?? (SHORT.test(name) ? 1 : 2));
	});

	it("do nothing of their own between calls", () => {
		let count = 0;
		const checked = kernels.checked(() => count++);
		checked.check();
		expect(count).toBe(1);
		expect(kernels.check()).toBeUndefined();
		expect(count).toBe(1);
		expect(checked.name).toBe(kernels.name);
	});

	it("take the place of an earlier check", () => {
		const checked = kernels
			.checked(() => {
				throw new Error("cancelled");
			})
			.checked(() => {});
		expect(checked.columnMeans(points, COUNT, DIM)).toEqual(mean);
	});
});
