import { describe, expect, it } from "vitest";
import { expectCancellable } from "../../../../fixtures/cancellable.ts";
import { kernels } from "../../../../fixtures/kernels.ts";
import { abortCheck } from "../abort.ts";
import { DEFAULT_OPTIONS, type SegmentationOptions } from "../options/index.ts";
import { averageLocally } from "../points/local-averaging.ts";
import type { TokenGrid } from "../tensor/index.ts";
import { reduceTokens, segmentReduced, segmentTokens } from "./index.ts";
import { createStageRecorder } from "./stage-recorder.ts";
import { sweepReduced } from "./sweep-tokens.ts";

const [ROWS, COLS, DIM] = [7, 9, 6];
const [WIDTH, HEIGHT] = [90, 70];

const grid: TokenGrid = {
	data: Float32Array.from({ length: ROWS * COLS * DIM }, (_, i) => Math.sin(i * i) + (Math.floor(i / DIM) % 3)),
	norms: new Float32Array(ROWS * COLS).fill(1),
	rows: ROWS,
	cols: COLS,
	dim: DIM,
	patchSize: 14,
	stride: 14,
	inputWidth: 14 * COLS,
	inputHeight: 14 * ROWS,
	imageWidth: WIDTH,
	imageHeight: HEIGHT,
};
const picture = {
	data: Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => (i * i) % 251),
	width: WIDTH,
	height: HEIGHT,
};
const options: SegmentationOptions = { ...DEFAULT_OPTIONS, restarts: 2, clusters: 3, minArea: { pixels: 20 } };
const recorder = () => createStageRecorder({ now: () => 0, yield: async () => {} });

describe("a cancel is noticed within", () => {
	it.each<[string, Partial<SegmentationOptions>]>([
		["segmentTokens", {}],
		["the choice of k", { clusters: "auto" }],
		["regions", { segments: "regions", clusters: 2 }],
	])("%s, from PCA to the last stage", async (_, given) => {
		const looks = await expectCancellable((signal) =>
			segmentTokens(kernels, grid, { ...options, ...given }, recorder(), { signal, picture }),
		);
		expect(looks).toBeGreaterThan(2 * HEIGHT);
	});

	it("segmentReduced", async () => {
		const reduced = reduceTokens(kernels, grid, options);
		const looks = await expectCancellable((signal) =>
			segmentReduced(kernels, grid, reduced, options, recorder(), { signal, picture }),
		);
		expect(looks).toBeGreaterThan(HEIGHT);
	});

	it("sweepReduced and each of its maps", async () => {
		const reduced = reduceTokens(kernels, grid, options);
		const looks = await expectCancellable(async (signal) => {
			const range = { min: 2, max: 4 };
			const sweep = await sweepReduced(kernels, grid, reduced, range, options, recorder(), { signal, picture });
			const maps = [];
			for await (const { labels } of sweep.maps()) {
				maps.push(labels);
			}
			return maps;
		});
		expect(looks).toBeGreaterThan(3 * HEIGHT);
	});

	it("local averaging", async () => {
		const points = { data: grid.data, rows: ROWS * COLS, cols: DIM };
		const looks = await expectCancellable((signal) => averageLocally(points, ROWS, COLS, 3, abortCheck(signal)).data);
		// Twice for the variance, and for each of the 12 directions in the rows that have a neighbour there.
		expect(looks).toBe(2 * ROWS * COLS + 3 * (2 * ROWS + 5 * (ROWS - 1) + 5 * (ROWS - 2) + 2));
	});
});
