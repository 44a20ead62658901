import { describe, expect, it } from "vitest";
import { expectCancellable } from "../../../../fixtures/cancellable.ts";
import { drawnPicture } from "../../../../fixtures/drawn-pictures.ts";
import { kernels } from "../../../../fixtures/kernels.ts";
import { abortCheck, cancellableKernels } from "../abort.ts";
import { colorGradient, labOf } from "../image/index.ts";
import { buildRegionTree, cutPicture, cutSuperpixels, describeSuperpixels } from "./index.ts";

const picture = drawnPicture("fields with noise");
const colors = labOf(picture);
const gradient = colorGradient(colors);
const superpixels = cutSuperpixels(kernels, colors);
/** Large enough to be halved. */
const large = { data: Uint8Array.from({ length: 700 * 600 * 3 }, (_, i) => (i * i) >> 7), width: 700, height: 600 };
const grid = { rows: 3, cols: 4, patchSize: 14, stride: 14, inputWidth: 56, inputHeight: 42 };
const points = { data: Float32Array.from({ length: 12 * 5 }, (_, i) => Math.sin(i)), rows: 12, cols: 5 };
const features = describeSuperpixels(kernels, superpixels, colors, points, grid);

describe("a cancel is noticed within", () => {
	it.each([
		["the colours of a picture", (signal: { aborted: boolean }) => labOf(picture, abortCheck(signal)), 1],
		["their gradient", (signal: { aborted: boolean }) => colorGradient(colors, abortCheck(signal)), 9],
		[
			"superpixels: their assignments and their centres",
			(signal: { aborted: boolean }) => cutSuperpixels(cancellableKernels(kernels, signal), colors),
			100,
		],
		[
			"the way of superpixels to the size of the picture",
			(signal: { aborted: boolean }) => cutPicture(cancellableKernels(kernels, signal), large),
			150,
		],
		[
			"what superpixels look like",
			(signal: { aborted: boolean }) =>
				describeSuperpixels(cancellableKernels(kernels, signal), superpixels, colors, points, grid),
			superpixels.count,
		],
		[
			"the tree of regions",
			(signal: { aborted: boolean }) =>
				buildRegionTree(cancellableKernels(kernels, signal), superpixels, { features, gradient }),
			superpixels.count - 1,
		],
	])("%s", async (_name, call, leastLooks) => {
		expect(await expectCancellable(call)).toBeGreaterThanOrEqual(leastLooks);
	});
});
