import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { loadJson, loadPng } from "../../../../fixtures/load.ts";
import { normalise } from "./normalise.ts";

interface NormalisedCase {
	readonly src: string;
	readonly shape_CHW: [number, number, number];
	readonly channel_mean: number[];
	readonly channel_std: number[];
	readonly channel_min: number[];
	readonly channel_max: number[];
	readonly sample_index_chw: [number, number, number][];
	readonly sample_value: number[];
	readonly sha256_float32_le_chw: string;
}

const cases = loadJson<{ normalised: NormalisedCase[] }>("reference/preproc/preproc.json").normalised;
const imageNet = {
	mean: [0.485, 0.456, 0.406],
	std: [0.229, 0.224, 0.225],
	rescaleFactor: 0.00392156862745098,
} as const;

it.each(cases)("equals the reference: $src", (expected) => {
	const tensor = normalise(loadPng(`reference/preproc/${expected.src}`), imageNet);
	const [channels, height, width] = expected.shape_CHW;
	expect(tensor.length).toBe(channels * height * width);
	for (let channel = 0; channel < channels; channel++) {
		const plane = Float64Array.from(tensor.subarray(channel * height * width, (channel + 1) * height * width));
		const mean = plane.reduce((sum, value) => sum + value, 0) / plane.length;
		const variance = plane.reduce((sum, value) => sum + (value - mean) ** 2, 0) / plane.length;
		expect(Math.abs(mean - expected.channel_mean[channel])).toBeLessThanOrEqual(1e-6);
		expect(Math.abs(Math.sqrt(variance) - expected.channel_std[channel])).toBeLessThanOrEqual(1e-6);
		expect(plane.reduce((a, b) => Math.min(a, b))).toBeCloseTo(expected.channel_min[channel], 6);
		expect(plane.reduce((a, b) => Math.max(a, b))).toBeCloseTo(expected.channel_max[channel], 6);
	}
	expected.sample_index_chw.forEach(([channel, y, x], i) => {
		const value = tensor[(channel * height + y) * width + x];
		expect(Math.abs(value - expected.sample_value[i])).toBeLessThanOrEqual(1e-6);
	});
	expect(createHash("sha256").update(new Uint8Array(tensor.buffer)).digest("hex")).toBe(expected.sha256_float32_le_chw);
});

it("uses the given statistics", () => {
	const image = { data: Uint8Array.of(0, 2, 4), width: 1, height: 1 };
	const tensor = normalise(image, { mean: [1, 0, -1], std: [1, 2, 4], rescaleFactor: 0.5 });
	expect([...tensor]).toEqual([-1, 0.5, 0.75]);
});
