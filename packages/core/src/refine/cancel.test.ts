import { describe, expect, it } from "vitest";
import { expectCancellable } from "../../../../fixtures/cancellable.ts";
import { kernels } from "../../../../fixtures/kernels.ts";
import { cancellableKernels } from "../abort.ts";
import { absorbSmallRegions, smoothLabels, type UpsampleOptions, upsampleLabels } from "./index.ts";

/** More pixels than are worked on between two looks. */
const [WIDTH, HEIGHT] = [320, 260];

const picture = {
	data: Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => 128 + 100 * Math.sin(i * i)),
	width: WIDTH,
	height: HEIGHT,
};
const data = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
	(i * i) % 61 === 0 ? 3 : (Math.floor((i % WIDTH) / 80) + Math.floor(i / WIDTH / 65)) % 3,
);
const labels = { data, width: WIDTH, height: HEIGHT, count: 4 };
const scored: UpsampleOptions = {
	scores: Float32Array.from({ length: 8 * 10 * 3 }, (_, i) => Math.sin(i * i)),
	grid: { rows: 8, cols: 10, patchSize: 14, stride: 14, inputWidth: 140, inputHeight: 112 },
	clusters: 3,
	width: WIDTH,
	height: HEIGHT,
	temperature: 0.3,
};

describe("a cancel is noticed within", () => {
	it("upsampling", async () => {
		const looks = await expectCancellable((signal) => upsampleLabels(cancellableKernels(kernels, signal), scored));
		expect(looks).toBeGreaterThan(8 * 10);
	});

	it.each([
		["median", 9],
		["majority", 9],
		["guided", 31],
	] as const)("smoothing by %s", async (method, window) => {
		const looks = await expectCancellable((signal) =>
			smoothLabels(cancellableKernels(kernels, signal), labels, { method, window, picture }),
		);
		expect(looks).toBeGreaterThan(HEIGHT);
	});

	it("the absorption of small regions", async () => {
		const looks = await expectCancellable((signal) =>
			absorbSmallRegions(cancellableKernels(kernels, signal), labels, 12),
		);
		// For each row, for parts of the runs and of the map, and for some of the small regions.
		expect(looks).toBeGreaterThan(HEIGHT + 15);
	});
});
