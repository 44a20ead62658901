import { describe, expect, it } from "vitest";
import { asClusters } from "../../../../fixtures/as-clusters.ts";
import { kernels } from "../../../../fixtures/kernels.ts";
import type { SegmentationEvent } from "../events.ts";
import { DEFAULT_OPTIONS, type Metric } from "../options/index.ts";
import { createRandom } from "../rng.ts";
import type { TokenGrid } from "../tensor/index.ts";
import { segmentTokens } from "./segment-tokens.ts";
import { createStageRecorder } from "./stage-recorder.ts";

const ROWS = 8;
const COLS = 12;
const DIM = 5;

/** Four directions in four quarters of the picture, a little noise, and every token of another length. */
function gridOf(lengthOf: (token: number) => number): TokenGrid {
	const random = createRandom(3);
	const data = new Float32Array(ROWS * COLS * DIM);
	for (let token = 0; token < ROWS * COLS; token++) {
		const quarter = (token >= (ROWS / 2) * COLS ? 2 : 0) + (token % COLS >= COLS / 2 ? 1 : 0);
		for (let d = 0; d < DIM; d++) {
			data[token * DIM + d] = lengthOf(token) * ((d === quarter ? 1 : 0) + 0.05 * random.next());
		}
	}
	const size = { patchSize: 14, stride: 14, inputWidth: COLS * 14, inputHeight: ROWS * 14 };
	const norms = new Float32Array(ROWS * COLS).fill(1);
	return { data, norms, rows: ROWS, cols: COLS, dim: DIM, ...size, imageWidth: COLS * 14, imageHeight: ROWS * 14 };
}

async function segment(grid: TokenGrid, metric: Metric) {
	const events: SegmentationEvent[] = [];
	const recorder = createStageRecorder({ now: () => 0, yield: async () => {}, onEvent: (event) => events.push(event) });
	const options = { ...DEFAULT_OPTIONS, clusters: 4, restarts: 3, metric, smooth: { method: "median" as const } };
	const { tokenLabels } = asClusters(await segmentTokens(kernels, grid, options, recorder));
	return { tokenLabels, events };
}

/** Powers of two, so that scaling rounds nothing. */
const anyLength = (token: number) => 2 ** ((token * 7) % 9);

describe("metric", () => {
	it("cosine does not see the lengths of tokens, euclidean does", async () => {
		const even = gridOf(() => 1);
		const uneven = gridOf(anyLength);
		const expected = (await segment(even, "cosine")).tokenLabels;
		expect((await segment(uneven, "cosine")).tokenLabels).toEqual(expected);
		expect((await segment(even, "euclidean")).tokenLabels).toEqual(expected);
		expect((await segment(uneven, "euclidean")).tokenLabels).not.toEqual(expected);
	});

	it("cosine takes tokens of zeros", async () => {
		const { tokenLabels } = await segment(
			gridOf((token) => (token < 5 ? 0 : 1)),
			"cosine",
		);
		expect(new Set(tokenLabels.subarray(0, 5)).size).toBe(1);
	});
});

describe("progress", () => {
	it("tells the restarts of k-means while that stage runs", async () => {
		const { events } = await segment(
			gridOf(() => 1),
			"euclidean",
		);
		const start = events.findIndex((event) => event.type === "stage-start" && event.stage === "kmeans");
		expect(events.slice(start, start + 5)).toEqual([
			{ type: "stage-start", stage: "kmeans" },
			{ type: "progress", stage: "kmeans", done: 1, total: 3 },
			{ type: "progress", stage: "kmeans", done: 2, total: 3 },
			{ type: "progress", stage: "kmeans", done: 3, total: 3 },
			{ type: "stage-end", stage: "kmeans", milliseconds: 0 },
		]);
	});
});
