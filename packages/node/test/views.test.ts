import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SegmentationEvent, TokenGrid } from "@dinoseg/core";
import { encodePng } from "@dinoseg/node";
import { describe, expect, it } from "vitest";
import { useTemporaryFolder } from "./support/temporary-folder.ts";
import { withSegmenter } from "./support/with-segmenter.ts";

const cat = fileURLToPath(new URL("../../../examples/cat.jpg", import.meta.url));
const folder = useTemporaryFolder();

/** A picture of the size of the network's input, so that resizing rounds nothing. */
const SIZE = { width: 112, height: 84 };

function picture(valueAt: (x: number, y: number, channel: number) => number): Promise<Uint8Array> {
	const data = Uint8Array.from({ length: SIZE.width * SIZE.height * 3 }, (_, at) => {
		const pixel = Math.floor(at / 3);
		return valueAt(pixel % SIZE.width, Math.floor(pixel / SIZE.width), at % 3);
	});
	return encodePng({ data, ...SIZE });
}

const waves = (x: number, y: number, channel: number) => 128 + 100 * Math.sin(x / (5 + channel)) * Math.cos(y / 9);

function mirrored({ data, cols, dim }: TokenGrid): Float32Array {
	return data.map((_, at) => {
		const token = Math.floor(at / dim);
		const col = token % cols;
		return data[(token - col + cols - 1 - col) * dim + (at % dim)];
	});
}

function largestDifference(a: Float32Array, b: Float32Array): number {
	return a.reduce((largest, value, at) => Math.max(largest, Math.abs(value - b[at])), 0);
}

describe("views", () => {
	it.each([14, 10])("flip sees a picture and its mirror image alike, stride %i", async (stride) => {
		await withSegmenter({}, async (segmenter) => {
			const call = { inputSize: SIZE, median: 0, views: "flip", stride } as const;
			const width = stride * Math.floor((SIZE.width - 14) / stride) + 14;
			const straight = await segmenter.features(await picture(waves), call);
			const back = await segmenter.features(await picture((x, y, c) => waves(width - 1 - x, y, c)), call);
			expect(largestDifference(mirrored(back), straight.data)).toBeLessThan(1e-3);
			const single = await segmenter.features(await picture(waves), { ...call, views: "single" });
			expect(largestDifference(single.data, straight.data)).toBeGreaterThan(0.01);
		});
	});

	it.each([
		["flip", 2],
		["shift", 4],
		["flip+shift", 8],
	] as const)("%s runs the network %i times, and never again", async (views, runs) => {
		await withSegmenter({ cache: true, cacheFolder: join(folder.path, views) }, async (segmenter) => {
			const told: string[] = [];
			const onEvent = (event: SegmentationEvent) => {
				if (event.type === "progress") {
					told.push(`${event.done} of ${event.total}`);
				} else if (event.type === "stage-end" && event.stage === "network") {
					told.push(event.cached ? "cached" : "ran");
				}
			};
			const call = { inputSize: SIZE, views, onEvent };
			await segmenter.features(cat, { inputSize: SIZE });
			const tokens = await segmenter.features(cat, call);
			expect(told).toEqual([...Array.from({ length: runs }, (_, run) => `${run + 1} of ${runs}`), "ran"]);
			told.length = 0;
			expect(await segmenter.features(cat, call)).toEqual(tokens);
			expect(told).toEqual(["cached"]);
		});
	});
});
