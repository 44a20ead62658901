import { expect, it } from "vitest";
import { expectCancellable } from "../../../../fixtures/cancellable.ts";
import { kernels } from "../../../../fixtures/kernels.ts";
import { abortCheck, cancellableKernels } from "../abort.ts";
import type { Matrix } from "../tensor/index.ts";
import { addMoments, fitPca, fitPcaToMoments, momentsOf, projectPca } from "./index.ts";

function cloud(rows: number, cols: number): Matrix {
	return { data: Float32Array.from({ length: rows * cols }, (_, i) => Math.sin(i * i)), rows, cols };
}

it.each([
	["more points than columns", cloud(90, 40)],
	["more columns than points", cloud(40, 90)],
])("PCA of %s is cancelled where it is", async (_, points) => {
	const looks = await expectCancellable((signal) => {
		const checked = cancellableKernels(kernels, signal);
		const { model } = fitPca(checked, points, 30);
		return projectPca(checked, model, points).data;
	});
	expect(looks).toBeGreaterThan(60);
});

it("PCA of moments is cancelled where it is", async () => {
	const points = cloud(60, 40);
	const looks = await expectCancellable((signal) => {
		const checked = cancellableKernels(kernels, signal);
		const moments = momentsOf(checked, points);
		return fitPcaToMoments(checked, addMoments(moments, moments, abortCheck(signal)), 10).model;
	});
	// A look for each point when it is rounded, and for each row of both triangles.
	expect(looks).toBeGreaterThan(60 + 40 + 40);
});

it("components that are made orthogonal afterwards are cancelled one by one", async () => {
	// All variance but a millionth of a millionth lies along the first column.
	const points = cloud(40, 90);
	for (let row = 0; row < points.rows; row++) {
		points.data[row * points.cols] *= 1e5;
	}
	const looks = await expectCancellable((signal) => fitPca(cancellableKernels(kernels, signal), points, 39).model);
	expect(looks).toBeGreaterThan((38 * 39) / 2);
});
