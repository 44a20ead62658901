import { createHash } from "node:crypto";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { type SegmentationEvent, STAGES, type Stage } from "@dinoseg/core";
import type { SegmentCallOptions } from "@dinoseg/core/engine";
import { isDinosegError } from "@dinoseg/core/errors";
import { parseSegments, serialiseSegments } from "@dinoseg/core/labels";
import { adjustedRandIndex } from "@dinoseg/core/metrics";
import { SEGMENT_KINDS, type SegmentKind } from "@dinoseg/core/options";
import { describeResult } from "@dinoseg/core/result";
import { decodeImage, encodePng } from "@dinoseg/node";
import { saveResult } from "@dinoseg/node/results";
import { createSegmenter, type Segmenter } from "@dinoseg/node/segmenter";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asClusters } from "../../../fixtures/as-clusters.ts";
import { addSaltAndPepper } from "../../../fixtures/salt-and-pepper.ts";
import { DOUBLE, encodeTiff, SHORT } from "../../../fixtures/tiff.ts";
import { smallExample } from "./support/small-example.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";
import { useSegmenter, withSegmenter } from "./support/with-segmenter.ts";

const example = (name: string) => fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));
const folder = useTemporaryFolder();
const withShared = useSegmenter();
const cat = await smallExample("cat.jpg");
/** One with a token cache, for tests that give it pictures of their own. */
let cached: Segmenter;
beforeAll(async () => {
	cached = await createSegmenter({ cacheFolder: join(folder.path, "cache") });
});
afterAll(() => cached?.dispose());

/** Digest of every file of a result. */
async function digests(path: string): Promise<Record<string, string>> {
	const found: Record<string, string> = {};
	for (const name of (await readdir(path)).sort()) {
		found[name] = createHash("sha256")
			.update(await readFile(join(path, name)))
			.digest("hex");
	}
	return found;
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
	const error = await promise.then(
		() => new Error("nothing was thrown"),
		(reason: unknown) => reason,
	);
	return isDinosegError(error) ? error.code : String(error);
}

/** What is clustered are the principal components, as in the report that dinoseg started from. */
const BARE_COMPONENTS = { denoise: 0, whiten: 0, position: 0 } as const;

describe("the whole chain", () => {
	it("gives the same files with 1 and with 2 threads", async () => {
		const tissue = await smallExample("tissue.jpg");
		const saved: Record<string, string>[] = [];
		for (const threads of [1, 2]) {
			const output = join(folder.path, `threads-${threads}`);
			await withSegmenter({ threads }, async (segmenter) =>
				saveResult(await segmenter.segment(tissue, { inputSize: 224 }), output),
			);
			saved.push(await digests(output));
		}
		expect(Object.keys(saved[0])).toHaveLength(5);
		expect(saved[1]).toEqual(saved[0]);
	});

	it("withstands salt and pepper by its median blur", async () => {
		const { image } = await decodeImage(await readFile(example("rocket.jpg")), { name: "rocket", maxPixels: 1e6 });
		const clean = await encodePng(image);
		const seeds = [1, 2];
		const noisy = await Promise.all(seeds.map((seed) => encodePng(addSaltAndPepper(image, 0.05, seed))));
		// Both ways to cluster share tokens.
		const agreement = async (options: SegmentCallOptions) => {
			const before = await cached.segment(clean, options);
			let sum = 0;
			for (const photograph of noisy) {
				const after = await cached.segment(photograph, options);
				sum += adjustedRandIndex(before.labels.data, after.labels.data);
			}
			return sum / seeds.length;
		};
		for (const [options, gain] of [
			[{}, 0.1],
			[BARE_COMPONENTS, 0.2],
		] as const) {
			const [without, blurred] = [
				await agreement({ ...options, median: 0 }),
				await agreement({ ...options, median: 5 }),
			];
			expect(blurred).toBeGreaterThan(0.95);
			expect(blurred).toBeGreaterThan(without + gain);
		}
	});

	it.each([{}, { pca: "off" }, { pca: "off", whiten: 0, debias: true, repair: true }] as const)(
		"makes one segment of one colour, and says so, with %o",
		async (options) => {
			const grey = { data: new Uint8Array(90 * 60 * 3).fill(128), width: 90, height: 60 };
			const result = await withShared(async (segmenter) => segmenter.segment(await encodePng(grey), options));
			expect(result.labels.count).toBe(1);
			expect(asClusters(result).clusters).toBe(1);
			expect(result.confidence.every((value) => value === 255)).toBe(true);
			expect(result.warnings).toMatchObject([{ code: "FEWER_SEGMENTS" }]);
		},
	);

	it.each([
		["none", {}],
		["median", {}],
		["majority", { window: 9 }],
		["guided", {}],
		["guided", { window: 41 }],
	] as const)("numbers ids by falling area with smoothing %s", async (method, window) => {
		const segmented = await withShared((segmenter) =>
			segmenter.segment(example("cat.jpg"), {
				inputSize: 224,
				smooth: { method, ...window },
				minArea: { share: 0.01 },
			}),
		);
		const result = asClusters(segmented);
		const areas = new Array(result.labels.count).fill(0);
		for (const id of result.labels.data) {
			areas[id]++;
		}
		expect(areas).toEqual([...areas].sort((a, b) => b - a));
		expect(areas.every((area) => area > 0)).toBe(true);
		expect(result.segments.map(({ pixels }) => pixels)).toEqual(areas);
		expect(Math.max(...result.tokenLabels)).toBeLessThan(result.clusters);
		const document = parseSegments(serialiseSegments(describeResult(result)));
		expect(document.options.smooth).toMatch(new RegExp(`^${method}(:|$)`));
	});
});

/** Stages that only one kind of segments has. */
const OWN_STAGES: Readonly<Record<SegmentKind, readonly Stage[]>> = {
	clusters: ["kmeans", "upsample", "smooth"],
	regions: ["superpixels", "regions"],
};
const stagesOf = (kind: SegmentKind) =>
	STAGES.filter((stage) => OWN_STAGES[kind].includes(stage) || !Object.values(OWN_STAGES).flat().includes(stage));

describe("a segmenter", () => {
	it("tells every stage in order, and that what was kept was used", async () => {
		for (const segments of SEGMENT_KINDS) {
			// Pictures of their own: nothing is cached of the first.
			const picture = await smallExample(segments === "clusters" ? "rocket.jpg" : "coffee.jpg");
			const runs: SegmentationEvent[][] = [];
			for (const clusters of [3, 4]) {
				const events: SegmentationEvent[] = [];
				const result = await cached.segment(picture, {
					segments,
					clusters,
					inputSize: 224,
					onEvent: (event) => events.push(event),
				});
				expect(result.timings.total).toBeGreaterThan(0);
				expect(result.timings.network > 0).toBe(clusters === 3);
				runs.push(events);
			}
			for (const events of runs) {
				const started = events.flatMap((event) => (event.type === "stage-start" ? [event.stage] : []));
				expect(started).toEqual(stagesOf(segments));
			}
			expect(runs[0].some((event) => event.type === "stage-end" && event.cached)).toBe(false);
			const fromCache = runs[1].flatMap((event) => (event.type === "stage-end" && event.cached ? [event.stage] : []));
			expect(fromCache).toEqual(["median", "resize", "network", "pca"]);
		}
	});

	it("gives the same bytes with what was kept in memory as without", async () => {
		const calls = [
			{ clusters: 6 },
			{ clusters: 7 },
			{ clusters: 7, pca: 5 },
			{ clusters: 6, seed: 1, smooth: { method: "majority", window: 9 } },
			{ clusters: 4, pca: 5 },
			{ clusters: 3, pca: 10_000 },
			{ clusters: 4, pca: 10_000 },
			{ clusters: 4, pca: "off" },
			{ clusters: 5, pca: "off" },
			{ clusters: 4, pca: "off", ...BARE_COMPONENTS },
			{ clusters: 5, pca: "off", ...BARE_COMPONENTS },
			{ clusters: 6, metric: "cosine" },
			{ clusters: 5, metric: "cosine", seed: 2, restarts: 2, minArea: { share: 0.01 } },
			{ clusters: 5, smooth: { method: "none" } },
			{ clusters: 5, pca: 5, metric: "cosine" },
			{ clusters: 5, facet: "key" },
			{ clusters: 5, median: 0 },
			{ clusters: 2 },
			{ clusters: "auto" },
			{ clusters: 9 },
			{ clusters: 9, restarts: 3 },
		] as const;
		const everything = async (segmenter: Segmenter) => {
			const made: unknown[] = [];
			const skipped: boolean[] = [];
			for (const call of calls) {
				let isSkipped = false;
				const onEvent = (event: SegmentationEvent) => {
					isSkipped ||= event.type === "stage-end" && event.stage === "pca" && event.cached === true;
				};
				const result = await segmenter.segment(cat, { inputSize: 112, ...call, onEvent });
				made.push({ ...result, tokens: result.tokens(), timings: undefined });
				skipped.push(isSkipped);
			}
			return { made, skipped };
		};
		const withMemory = await everything(cached);
		const without = await withShared(everything);
		expect(withMemory.skipped).toEqual([
			...[false, true, false, true, true, false, true, false, true, false, false],
			...[false, true, true, false, false, false, true, true, true, true],
		]);
		expect(without.skipped).not.toContain(true);
		// What differs is too large to be printed.
		expect(withMemory.made.map((result, i) => isDeepStrictEqual(result, without.made[i]))).toEqual(
			calls.map(() => true),
		);
	});

	it("stops at an abort, and goes on working afterwards", async () => {
		// So large that each stage takes longer than a message from thread to thread.
		const large = await sharp(cat).resize({ width: 1500 }).png({ compressionLevel: 1 }).toBuffer();
		await withShared(async (segmenter) => {
			const begun = SEGMENT_KINDS.flatMap((segments) =>
				stagesOf(segments)
					.filter((stage) => stage !== "render")
					.map((stage) => ({ segments, stage })),
			);
			for (const { segments, stage } of begun) {
				const controller = new AbortController();
				const aborted = segmenter.segment(large, {
					segments,
					inputSize: 224,
					signal: controller.signal,
					onEvent(event) {
						if (event.type === "stage-start" && event.stage === stage) {
							controller.abort();
						}
					},
				});
				expect(await codeOf(aborted), stage).toBe("ABORTED");
			}
			expect(await codeOf(segmenter.segment(cat, { signal: AbortSignal.abort() }))).toBe("ABORTED");
			const again = await segmenter.segment(cat, { inputSize: 224, clusters: 6 });
			expect(again.labels.count).toBe(6);
		});
	});

	it("finishes what runs before it is disposed, and refuses what comes later", async () => {
		const segmenter = await createSegmenter({ cache: false });
		let disposed: Promise<void> | undefined;
		const running = segmenter.segment(cat, {
			inputSize: 224,
			clusters: 6,
			onEvent(event) {
				if (event.type === "stage-start" && event.stage === "pca") {
					disposed = segmenter.dispose();
				}
			},
		});
		expect((await running).labels.count).toBe(6);
		await disposed;
		expect(await codeOf(segmenter.segment(example("cat.jpg")))).toBe("DISPOSED");
		await segmenter.dispose();
	});

	it("refuses bad options before any work", async () => {
		await withShared(async (segmenter) => {
			const events: SegmentationEvent[] = [];
			const call = segmenter.segment("nowhere.jpg", { clusters: 0, onEvent: (event) => events.push(event) });
			expect(await codeOf(call)).toBe("OPTION_INVALID");
			expect(events).toEqual([]);
		});
	});

	it("loads a checkpoint from a folder and keeps the folder's path to itself", async () => {
		const model = join(folder.path, "my-model");
		await cp(fileURLToPath(new URL("../../../models/tiny", import.meta.url)), model, { recursive: true });
		const output = join(folder.path, "local");
		await withSegmenter({ model }, async (segmenter) => {
			expect(segmenter.model).toMatchObject({ name: "my-model", bundled: false });
			await saveResult(await segmenter.segment(example("cat.jpg"), { inputSize: 112 }), output);
		});
		const text = await readFile(join(output, "segments.json"), "utf8");
		expect(text).not.toContain(folder.path);
		expect(JSON.parse(text).input.path).not.toMatch(/^\//);
	});

	it("takes a path, a URL and bytes alike, and refuses anything else by name", async () => {
		const path = example("cat.jpg");
		const bytes = new Uint8Array(await readFile(path));
		await withShared(async (segmenter) => {
			const labels = async (input: Parameters<Segmenter["segment"]>[0]) =>
				(await segmenter.segment(input, { inputSize: 112 })).labels.data;
			const expected = await labels(path);
			for (const input of [pathToFileURL(path), bytes, bytes.slice().buffer]) {
				expect(await labels(input)).toEqual(expected);
			}
			for (const input of [undefined, 5, [1, 2], new URL("https://example.org/cat.jpg")]) {
				expect(await codeOf(segmenter.segment(input as never))).toBe("OPTION_INVALID");
			}
		});
		const wrong = [{ bogus: 1 }, { model: 5 }, { cache: "no" }, { cacheFolder: "" }, { threads: 0 }, { dtype: "fp16" }];
		for (const options of wrong) {
			expect(await codeOf(createSegmenter(options as never)), JSON.stringify(options)).toBe("OPTION_INVALID");
		}
	});

	it("writes nothing over a result unless told to", async () => {
		const output = join(folder.path, "kept");
		await withShared(async (segmenter) => {
			const result = await segmenter.segment(cat, { inputSize: 112 });
			await saveResult(result, output);
			expect(await codeOf(saveResult(result, output))).toBe("OUTPUT_EXISTS");
			await saveResult(result, output, { force: true });
		});
	});

	it("removes what was exported from the result that it replaces, and nothing else", async () => {
		const output = join(folder.path, "exported");
		const exports = ["labels.npy", "segments.geojson", "segments.svg"];
		await withShared(async (segmenter) => {
			const result = await segmenter.segment(cat, { inputSize: 112 });
			await saveResult(result, output);
			const files = await readdir(output);
			for (const name of [...exports, "notes.txt"]) {
				await writeFile(join(output, name), "old");
			}
			expect(await codeOf(saveResult(result, output))).toBe("OUTPUT_EXISTS");
			expect(await readdir(output)).toEqual([...files, ...exports, "notes.txt"].sort());
			await saveResult(result, output, { force: true });
			expect(await readdir(output)).toEqual([...files, "notes.txt"].sort());
		});
	});

	it("keeps where a GeoTIFF lies on the map", async () => {
		const geotiff = encodeTiff([
			{
				width: 40,
				height: 30,
				channels: 1,
				data: Uint8Array.from({ length: 1200 }, (_, pixel) => (pixel * 7) % 256),
				tags: [
					{ tag: 33550, type: DOUBLE, values: [0.5, 0.25, 0] },
					{ tag: 33922, type: DOUBLE, values: [0, 0, 0, 7, 48, 0] },
					{ tag: 34735, type: SHORT, values: [1, 1, 0, 1, 2048, 0, 1, 4326] },
				],
			},
		]);
		const output = join(folder.path, "placed");
		const geoKeys = { directory: [1, 1, 0, 1, 2048, 0, 1, 4326], doubles: [], text: "" };
		const georeference = { transform: [0.5, 0, 7, 0, -0.25, 48], crs: "EPSG:4326", geoKeys };
		await withShared(async (segmenter) => {
			const result = await segmenter.segment(geotiff, { inputSize: 112 });
			expect(result.input.georeference).toEqual(georeference);
			expect(result.warnings).toEqual([]);
			await saveResult(result, output);
			expect((await segmenter.segment(example("cat.jpg"), { inputSize: 112 })).input).not.toHaveProperty(
				"georeference",
			);
		});
		const { input } = parseSegments(await readFile(join(output, "segments.json"), "utf8"));
		expect(input.georeference).toEqual(georeference);
	});
});
