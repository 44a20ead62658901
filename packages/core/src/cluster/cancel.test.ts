import { describe, expect, it } from "vitest";
import { expectCancellable } from "../../../../fixtures/cancellable.ts";
import { kernels } from "../../../../fixtures/kernels.ts";
import { cancellableKernels } from "../abort.ts";
import { createRandom } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";
import { kMeans, kMeansFrom } from "./index.ts";

const points: Matrix = {
	data: Float32Array.from({ length: 60 * 5 }, (_, i) => Math.sin(i * i) + (i % 4)),
	rows: 60,
	cols: 5,
};

describe("a cancel is noticed within", () => {
	it("k-means: its starts, its descents, its exchange and its swaps", async () => {
		const looks = await expectCancellable((signal) =>
			kMeans(cancellableKernels(kernels, signal), points, { clusters: 4, restarts: 3, random: createRandom(0) }),
		);
		expect(looks).toBeGreaterThan(100);
	});

	it("k-means from given centroids", async () => {
		const start = Float64Array.from(points.data.subarray(0, 20));
		const looks = await expectCancellable((signal) => kMeansFrom(cancellableKernels(kernels, signal), points, start));
		expect(looks).toBeGreaterThan(10);
	});
});
