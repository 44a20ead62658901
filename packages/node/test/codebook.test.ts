import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import type { SegmentationEvent } from "@dinoseg/core";
import {
	type Codebook,
	type CodebookPart,
	createSummarySum,
	decodeCodebook,
	decodeCodebookPart,
	encodeCodebook,
	encodeCodebookPart,
	type FitSummary,
} from "@dinoseg/core/codebook";
import type { SegmentCallOptions } from "@dinoseg/core/engine";
import { describeResult, renderResultFiles, type SegmentResult } from "@dinoseg/core/result";
import { encodePng } from "@dinoseg/node";
import { createSegmenter } from "@dinoseg/node/segmenter";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { encodeTiff } from "../../../fixtures/tiff.ts";
import { expectError } from "./support/expect-error.ts";
import { smallExample } from "./support/small-example.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";
import { useSegmenter, withSegmenter } from "./support/with-segmenter.ts";

const CLUSTERS = 4;
const OPTIONS = { inputSize: 112, median: 0, clusters: CLUSTERS } as const;
const NAMES = ["astronaut", "cat", "coffee", "rocket", "tissue"];
const pictures = await Promise.all(NAMES.map((name) => smallExample(`${name}.jpg`)));

const use = useSegmenter();
const folder = useTemporaryFolder();

/** What is known of pictures, one added after the other. */
async function partOf(inputs: readonly Uint8Array[], options: SegmentCallOptions = OPTIONS): Promise<CodebookPart> {
	return use(async (segmenter) => {
		const parts = await Promise.all(inputs.map((input) => segmenter.summarise(input, options)));
		return { ...parts[0], summary: sumOf(parts) };
	});
}

function sumOf(parts: readonly CodebookPart[]): FitSummary {
	const sum = createSummarySum(parts[0].summary.moments.dim);
	for (const { summary } of parts) {
		sum.add(summary);
	}
	return sum.summary();
}

let part: CodebookPart;
let codebook: Codebook;
beforeAll(async () => {
	part = await partOf(pictures);
	codebook = (await use((segmenter) => segmenter.fit(part))).codebook;
});

const idsOf = ({ labels }: SegmentResult) => [...new Set(labels.data)].sort((a, b) => a - b);

/** What a result says, without the functions in it. */
const saidBy = ({ labels, segments, codebook: used, names, warnings }: SegmentResult) => {
	return { labels, segments, codebook: used, names, warnings };
};

describe("what is known of pictures", () => {
	it("is the same bytes in any order, and from files as from bytes", async () => {
		const bytes = encodeCodebookPart(part);
		expect(encodeCodebookPart(await partOf([...pictures].reverse()))).toEqual(bytes);
		const halves = [await partOf(pictures.slice(0, 2)), await partOf(pictures.slice(2))];
		expect(encodeCodebookPart({ ...part, summary: sumOf(halves.reverse()) })).toEqual(bytes);
		const path = join(folder.path, "cat.jpg");
		await copyFile(new URL("../../../examples/cat.jpg", import.meta.url), path);
		const [fromFile, again] = await use((segmenter) =>
			Promise.all([1, 2].map(() => segmenter.summarise(path, OPTIONS))),
		);
		expect(encodeCodebookPart(fromFile)).toEqual(encodeCodebookPart(again));
		expect(part.summary.images).toBe(NAMES.length);
	});

	it.each([
		{ sessions: 2, threads: 1 },
		{ sessions: 1, threads: 2 },
	])("is the same bytes with %j", async (work) => {
		await withSegmenter(work, async (segmenter) => {
			const parts = await Promise.all(pictures.map((picture) => segmenter.summarise(picture, OPTIONS)));
			expect(encodeCodebookPart({ ...parts[0], summary: sumOf(parts) })).toEqual(encodeCodebookPart(part));
			const { codebook: other } = await segmenter.fit(part);
			expect(encodeCodebook(other)).toEqual(encodeCodebook(codebook));
		});
	});

	it("names the options and the model that decided it", () => {
		expect(part.options).toMatchObject({ inputSize: 112, median: 0, clusters: CLUSTERS });
		expect(part.model).toMatchObject({ name: "tiny", dtype: "fp32", digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
	});
});

describe("a codebook", () => {
	it("is the same after it was a file", async () => {
		const decoded = decodeCodebook(encodeCodebook(codebook));
		const decodedPart = decodeCodebookPart(encodeCodebookPart(part));
		await use(async (segmenter) => {
			for (const picture of pictures.slice(0, 2)) {
				const fromMemory = await segmenter.apply(picture, codebook);
				expect(saidBy(await segmenter.apply(picture, decoded))).toEqual(saidBy(fromMemory));
			}
			const { codebook: refitted } = await segmenter.fit(decodedPart);
			expect(encodeCodebook(refitted)).toEqual(encodeCodebook(codebook));
		});
	});

	it("gives one colour to one id in all pictures, and its own ids only", async () => {
		const named = { ...codebook, names: new Map([[1, { name: "second" }]]) };
		const colors = new Map<number, string>();
		for (const picture of pictures) {
			const result = await use((segmenter) => segmenter.apply(picture, named));
			expect(result.kind).toBe("clusters");
			expect(result.labels.count).toBe(CLUSTERS);
			expect(Math.max(...idsOf(result))).toBeLessThan(CLUSTERS);
			expect(result.codebook).toMatchObject({ clusters: CLUSTERS });
			expect(result.names).toEqual(named.names);
			for (const { id, name, color } of describeResult(result).segments) {
				expect(name).toBe(id === 1 ? "second" : `segment-${id}`);
				expect(colors.get(id) ?? color).toBe(color);
				colors.set(id, color);
			}
		}
		expect(new Set(colors.values()).size).toBe(CLUSTERS);
	});

	it("decides its options, whatever a call says", async () => {
		await use(async (segmenter) => {
			const given = { facet: "key", whiten: 0, clusters: 2, position: 2 } as const;
			const told = await segmenter.apply(pictures[1], codebook, given);
			expect(saidBy(told)).toEqual(saidBy(await segmenter.apply(pictures[1], codebook)));
			expect(told.options).toMatchObject({ facet: "token", whiten: 0.5, clusters: CLUSTERS, position: 0 });
		});
	});

	it("takes a picture of one colour", async () => {
		const grey = await sharp({ create: { width: 90, height: 60, channels: 3, background: "#808080" } })
			.png()
			.toBuffer();
		await use(async (segmenter) => {
			const result = await segmenter.apply(grey, codebook);
			expect(Math.max(...idsOf(result))).toBeLessThan(CLUSTERS);
			expect(result.codebook?.unlike).toBeGreaterThanOrEqual(0);
			expect(result.codebook?.unlike).toBeLessThanOrEqual(1);
			// It is one region, which is one point.
			const alone = await segmenter.summarise(grey, { ...OPTIONS, clusters: 1 });
			const again = await segmenter.apply(grey, (await segmenter.fit(alone)).codebook);
			expect(again.segments).toMatchObject([{ id: 0, pixels: 90 * 60 }]);
			expect(again.codebook?.unlike).toBeLessThan(1);
			const two = { ...alone, options: { ...alone.options, clusters: 2 } };
			await expectError(segmenter.fit(two), "CLUSTERS_EXCEED_TOKENS");
		});
	});

	it("leaves pixels without data to an id behind its clusters", async () => {
		const [width, height, edge] = [96, 64, 32];
		const data = Uint8Array.from({ length: 3 * width * height }, (_, at) => {
			const x = Math.floor(at / 3) % width;
			return x < edge ? 0 : 40 + ((x * 2 + at) % 180);
		});
		const tiff = encodeTiff([{ width, height, channels: 3, data }]);
		const options = { ...OPTIONS, clusters: 2, nodata: 0 };
		await use(async (segmenter) => {
			const known = await segmenter.summarise(tiff, options);
			const { summary } = await segmenter.summarise(tiff, { ...options, nodata: "none" });
			expect(known.summary.moments.count).toBeLessThan(summary.moments.count);
			const made = (await segmenter.fit(known)).codebook;
			for (const segments of ["clusters", "regions"] as const) {
				const { labels, input } = await segmenter.apply(tiff, made, { segments });
				expect(input.noData).toEqual({ id: 2, pixels: edge * height });
				expect(labels).toMatchObject({ count: 3, background: 2 });
				expect(labels.data.every((id, at) => (id === 2) === at % width < edge)).toBe(true);
			}
		});
	});

	it("gives every region one of its ids", async () => {
		for (const picture of pictures.slice(0, 3)) {
			const options = { segments: "regions", clusters: 6, minArea: { pixels: 0 } } as const;
			const result = await use((segmenter) => segmenter.apply(picture, codebook, options));
			expect(result.kind).toBe("regions");
			expect(idsOf(result).every((id) => id < CLUSTERS)).toBe(true);
			const idOf = new Map<number, number>();
			const superpixels = result.kind === "regions" ? result.superpixels.data : new Uint16Array(0);
			for (const [pixel, superpixel] of superpixels.entries()) {
				const id = result.labels.data[pixel];
				expect(idOf.get(superpixel) ?? id).toBe(id);
				idOf.set(superpixel, id);
			}
			expect([...renderResultFiles(result, { encodePng }).files.keys()]).toContain("borders.png");
		}
	});

	it("grows by an update, with its ids and its names", async () => {
		await use(async (segmenter) => {
			const first = await segmenter.fit(await partOf(pictures.slice(0, 3)));
			const named = { ...first.codebook, names: new Map([[0, { name: "first" }]]) };
			const { codebook: grown } = await segmenter.update(named, await partOf(pictures.slice(3)));
			expect(grown).toMatchObject({ clusters: CLUSTERS, names: named.names });
			expect(grown.summary).toEqual(part.summary);
			const before = await segmenter.apply(pictures[1], named);
			const after = await segmenter.apply(pictures[1], grown);
			const same = after.labels.data.filter((id, pixel) => id === before.labels.data[pixel]).length;
			expect(same / after.labels.data.length).toBeGreaterThan(0.5);
		});
	});
});

describe("what is refused", () => {
	it("is a codebook or a part of another model or precision, or of other options", async () => {
		await use(async (segmenter) => {
			const other = { ...codebook.model, digest: "0".repeat(64) };
			const foreign = segmenter.apply(pictures[0], { ...codebook, model: other });
			expect((await expectError(foreign, "CODEBOOK_INVALID")).message).toContain("the model differs");
			const int8 = { ...codebook, model: { ...codebook.model, dtype: "int8" as const } };
			expect((await expectError(segmenter.apply(pictures[0], int8), "CODEBOOK_INVALID")).message).toContain("dtype");
			const otherwise = await partOf(pictures.slice(0, 1), { ...OPTIONS, denoise: 0 });
			const update = segmenter.update(codebook, otherwise);
			expect((await expectError(update, "CODEBOOK_INVALID")).message).toContain("denoise differs");
		});
	});

	it("is a call that was cancelled before or in the middle", async () => {
		await use(async (segmenter) => {
			const signal = AbortSignal.abort();
			await expectError(segmenter.fit(part, { signal }), "ABORTED");
			await expectError(segmenter.update(codebook, part, { signal }), "ABORTED");
			await expectError(segmenter.summarise(pictures[0], { ...OPTIONS, signal }), "ABORTED");
			await expectError(segmenter.apply(pictures[0], codebook, { signal }), "ABORTED");
			/** Cancels when a stage begins. */
			const inside = (stage: string) => {
				const controller = new AbortController();
				const onEvent = (event: SegmentationEvent) => {
					if (event.type === "stage-start" && event.stage === stage) {
						controller.abort();
					}
				};
				return { signal: controller.signal, onEvent };
			};
			// All long enough for a cancel to come in the middle.
			const large = await sharp(pictures[1]).resize(3000, 2000).png({ compressionLevel: 1 }).toBuffer();
			const options = { ...part.options, clusters: 64, restarts: 100, init: "k-means++" as const };
			await expectError(segmenter.fit({ ...part, options }, inside("kmeans")), "ABORTED");
			await expectError(segmenter.apply(large, codebook, { segments: "regions", ...inside("superpixels") }), "ABORTED");
			await expectError(segmenter.summarise(large, { ...OPTIONS, ...inside("regions") }), "ABORTED");
			expect(encodeCodebook((await segmenter.fit(part)).codebook)).toEqual(encodeCodebook(codebook));
		});
	});

	it("is any call after dispose", async () => {
		const segmenter = await createSegmenter({ cache: false });
		await segmenter.dispose();
		await expectError(segmenter.fit(part), "DISPOSED");
		await expectError(segmenter.update(codebook, part), "DISPOSED");
		await expectError(segmenter.summarise(pictures[0], OPTIONS), "DISPOSED");
		await expectError(segmenter.apply(pictures[0], codebook), "DISPOSED");
	});
});
