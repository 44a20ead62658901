import type { Kernels } from "@dinoseg/kernels";
import { describe, expect, it } from "vitest";
import { expectCancellable } from "../../../../fixtures/cancellable.ts";
import { kernels } from "../../../../fixtures/kernels.ts";
import { abortCheck, cancellableKernels } from "../abort.ts";
import { EXPORT_FORMAT_NAMES } from "./exports/format-records.ts";
import { EXPORT_FORMATS, type ExportImage } from "./exports/index.ts";
import {
	encodeAllRles,
	encodeLabelPng,
	encodeNpy,
	encodeRle,
	type LabelMap,
	numberMap,
	regionStatistics,
	segmentColor,
	segmentStatistics,
} from "./index.ts";

/** More pixels than are worked on between two looks, in few regions. */
const [WIDTH, HEIGHT] = [320, 260];

const data = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
	const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
	return (Math.floor((x + (y % 7)) / 80) + Math.floor((y + (x % 5)) / 65)) % 3;
});
const labels: LabelMap = { data, width: WIDTH, height: HEIGHT, count: 3 };
const wide: LabelMap = { ...labels, data: Uint16Array.from(data), count: 300 };
const photograph = {
	data: Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => (i * i) % 251),
	width: WIDTH,
	height: HEIGHT,
};
const image: ExportImage = {
	file: "a.jpg",
	labels,
	segments: [0, 1, 2].map((id) => ({ id, name: `segment ${id}`, color: segmentColor(id) })),
	photograph,
};

/** Parts of a map that is visited once. */
const ONCE = 2;

function exportAs(name: (typeof EXPORT_FORMAT_NAMES)[number], kernels: Kernels, splitRegions: boolean) {
	const format = EXPORT_FORMATS[name];
	const options = { splitRegions, simplify: 1 };
	if (format.holds === "image") {
		return format.encode(kernels, image, options);
	}
	const writer = format.createWriter(kernels, options);
	return [...writer.add(image), ...writer.end()];
}

describe("a cancel is noticed within", () => {
	it("the final numbering", async () => {
		const swapped = { ...labels, data: data.map((label) => 2 - label) };
		for (const map of [swapped, wide]) {
			const looks = await expectCancellable((signal) => numberMap(map, { check: abortCheck(signal) }));
			expect(looks).toBe(2 * ONCE);
		}
	});

	it("statistics of segments", async () => {
		const looks = await expectCancellable((signal) => segmentStatistics(labels, photograph, abortCheck(signal)));
		expect(looks).toBe(HEIGHT);
	});

	it("statistics of regions", async () => {
		const looks = await expectCancellable((signal) => {
			const statisticsOf = regionStatistics(labels, photograph, abortCheck(signal));
			return [0, 1, 2].map(statisticsOf);
		});
		expect(looks).toBe(2 * HEIGHT);
	});

	it("run lengths of all segments, and of one", async () => {
		expect(await expectCancellable((signal) => encodeAllRles(labels, abortCheck(signal)))).toBeGreaterThan(WIDTH);
		expect(await expectCancellable((signal) => encodeRle(labels, 1, abortCheck(signal)))).toBeGreaterThan(WIDTH + ONCE);
	});

	it("label maps as PNG, until they are compressed", async () => {
		const narrow = { ...wide, count: 3 };
		const broad = { ...labels, count: 300 };
		for (const map of [narrow, broad]) {
			const looks = await expectCancellable((signal) => encodeLabelPng(map, undefined, abortCheck(signal)));
			expect(looks).toBe(1 + ONCE);
		}
	});

	it("label maps as npy", async () => {
		const looks = await expectCancellable((signal) => encodeNpy(data, [HEIGHT, WIDTH], abortCheck(signal)));
		expect(looks).toBe(ONCE);
	});

	it.each(EXPORT_FORMAT_NAMES)("the export as %s", async (name) => {
		for (const splitRegions of [false, true]) {
			const looks = await expectCancellable((signal) =>
				exportAs(name, cancellableKernels(kernels, signal), splitRegions),
			);
			expect(looks).toBeGreaterThanOrEqual(name === "npy" ? ONCE : 2 * ONCE);
		}
	});
});
