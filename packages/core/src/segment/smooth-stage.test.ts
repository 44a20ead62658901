import { describe, expect, it } from "vitest";
import { asClusters } from "../../../../fixtures/as-clusters.ts";
import { kernels } from "../../../../fixtures/kernels.ts";
import type { RgbImage } from "../image/index.ts";
import { DEFAULT_OPTIONS, type SmoothingOption } from "../options/index.ts";
import type { TokenGrid } from "../tensor/index.ts";
import { segmentTokens } from "./segment-tokens.ts";
import { createStageRecorder } from "./stage-recorder.ts";

const ROWS = 5;
const COLS = 8;

/** Two kinds of tokens, left and right of the middle. */
function gridFor(imageWidth: number, imageHeight: number): TokenGrid {
	const data = Float32Array.from({ length: ROWS * COLS * 2 }, (_, i) => {
		const token = Math.floor(i / 2);
		return ((token % COLS) * 2 < COLS ? 0 : 1) + ((token * 7 + i) % 5) / 5;
	});
	const size = { patchSize: 14, stride: 14, inputWidth: COLS * 14, inputHeight: ROWS * 14, imageWidth, imageHeight };
	return { data, norms: new Float32Array(ROWS * COLS).fill(1), rows: ROWS, cols: COLS, dim: 2, ...size };
}

async function segment(grid: TokenGrid, smooth: SmoothingOption, picture?: RgbImage) {
	const recorder = createStageRecorder({ now: () => 0, yield: async () => {} });
	const options = { ...DEFAULT_OPTIONS, clusters: 2, smooth };
	return asClusters(await segmentTokens(kernels, grid, options, recorder, { picture }));
}

describe("the smoothing stage", () => {
	const grid = gridFor(112, 70);
	/** Its edge lies five pixels to the right of the middle. */
	const picture: RgbImage = {
		data: Uint8Array.from({ length: 112 * 70 * 3 }, (_, i) => (Math.floor(i / 3) % 112 < 61 ? 50 : 150)),
		width: 112,
		height: 70,
	};

	it("moves the border to the edge with guided", async () => {
		const unsmoothed = await segment(grid, { method: "none" });
		const { labels, smoothWindow } = await segment(grid, { method: "guided", window: 57 }, picture);
		expect(smoothWindow).toBe(57);
		const wrong = (data: ArrayLike<number>) =>
			Array.from(data).filter((label, at) => (label === data[0]) !== at % 112 < 61).length;
		expect(wrong(unsmoothed.labels.data)).toBeGreaterThan(150);
		expect(wrong(labels.data)).toBeLessThan(16);
	});

	it("needs the picture for guided", async () => {
		await expect(segment(grid, { method: "guided" })).rejects.toThrow(
			expect.objectContaining({ code: "OPTION_INVALID", message: expect.stringContaining(`"guided"`) }),
		);
	});

	it("smooths nothing where the window is below three pixels", async () => {
		const tiny: RgbImage = { data: new Uint8Array(2 * 1 * 3), width: 2, height: 1 };
		const { labels, smoothWindow } = await segment(gridFor(2, 1), { method: "guided" }, tiny);
		expect(smoothWindow).toBe(1);
		expect(labels).toEqual((await segment(gridFor(2, 1), { method: "none" })).labels);
	});
});
