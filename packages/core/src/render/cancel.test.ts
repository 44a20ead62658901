import { describe, expect, it } from "vitest";
import { expectCancellable } from "../../../../fixtures/cancellable.ts";
import { kernels } from "../../../../fixtures/kernels.ts";
import { abortCheck, cancellableKernels } from "../abort.ts";
import { paletteTable } from "../labels/palette.ts";
import { renderFigure, renderOverlay, renderSweep } from "./index.ts";

/** More pixels than are worked on between two looks. */
const [WIDTH, HEIGHT] = [320, 260];

const image = {
	data: Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => (i * i) % 251),
	width: WIDTH,
	height: HEIGHT,
};
const labels = {
	data: Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => Math.floor((i % WIDTH) / 80)),
	width: WIDTH,
	height: HEIGHT,
	count: 4,
};
const caption = {
	model: "tiny",
	clusters: 4,
	input: { width: 518, height: 420 },
	median: 5,
	made: { smoothing: { method: "median", window: 15 } },
} as const;

describe("a cancel is noticed within", () => {
	it("the overlay", async () => {
		const looks = await expectCancellable((signal) => renderOverlay(image, labels, { check: abortCheck(signal) }));
		expect(looks).toBe(2 * HEIGHT + 4);
	});

	it("the figure", async () => {
		const parts = { ...labels, colors: paletteTable(labels.count) };
		const content = { original: image, blurred: image, parts, segments: labels, caption };
		const looks = await expectCancellable((signal) => renderFigure(cancellableKernels(kernels, signal), content));
		expect(looks).toBeGreaterThan(2 * HEIGHT);
	});

	it("the sheet of a sweep", async () => {
		const content = {
			image,
			maps: [{ clusters: 4, labels }],
			choice: { criterion: "separation", clusters: 4, curve: [{ clusters: 4, value: 0.3 }] },
			caption,
		} as const;
		const looks = await expectCancellable((signal) => renderSweep(cancellableKernels(kernels, signal), content));
		expect(looks).toBeGreaterThan(2 * HEIGHT);
	});
});
