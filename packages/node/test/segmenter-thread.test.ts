import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { MessageChannel, markAsUntransferable } from "node:worker_threads";
import { createRandom, type SegmentationEvent, type Stage } from "@dinoseg/core";
import type { SegmentationOptions } from "@dinoseg/core/options";
import { decodeImage, encodePng } from "@dinoseg/node";
import { createSegmenter, type Segmenter } from "@dinoseg/node/segmenter";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packResult, transferable } from "../../core/dist/remote/transfer.js";
import { isTransferable } from "../dist/segmenter/is-transferable.js";
import { expectError } from "./support/expect-error.ts";
import { encoderFor, type Pixels } from "./support/make-image.ts";
import { smallExample } from "./support/small-example.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";
import { useSegmenter } from "./support/with-segmenter.ts";

const example = (name: string) => fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));
const folder = useTemporaryFolder();
const withShared = useSegmenter();
const cat = await smallExample("cat.jpg");

const WIDTH = 4000;
const HEIGHT = 3000;

/** The stages before the map in as little time as can be. */
const QUICK = { inputSize: 224, median: 0, restarts: 1 } as const;

/** Twelve megapixels of blocks with noise: every stage has something to do for some tenths of a second. */
function largePicture(): Pixels {
	const random = createRandom(3);
	const blocks = Float32Array.from({ length: 20 * 15 * 3 }, () => random.next() * 200);
	const data = new Uint8Array(WIDTH * HEIGHT * 3);
	let noise = 1;
	for (let i = 0; i < data.length; i++) {
		const pixel = Math.floor(i / 3);
		const block = Math.floor(Math.floor(pixel / WIDTH) / 200) * 20 + Math.floor((pixel % WIDTH) / 200);
		noise = (Math.imul(noise, 1664525) + 1013904223) >>> 0;
		data[i] = blocks[block * 3 + (i % 3)] + (noise >>> 26);
	}
	return { data, width: WIDTH, height: HEIGHT, channels: 3 };
}

describe("memory that changes its owner", () => {
	// Node 20 copies it even if it is named; later versions throw.
	it("is not that of a native library", () => {
		const encoded = new Uint8Array(8).fill(7);
		markAsUntransferable(encoded.buffer);
		const { port1, port2 } = new MessageChannel();
		port1.postMessage(encoded, transferable([encoded], isTransferable));
		port1.close();
		port2.close();
		expect(encoded).toEqual(new Uint8Array(8).fill(7));
	});
});

describe("the thread of a segmenter", () => {
	let path: string;
	let segmenter: Segmenter;
	beforeAll(async () => {
		path = join(folder.path, "large.png");
		await encoderFor(largePicture()).png({ compressionLevel: 1 }).toFile(path);
		segmenter = await createSegmenter({ cacheFolder: join(folder.path, "cache") });
	});
	afterAll(() => segmenter?.dispose());

	/**
	 * Long enough for a cancel to come in the middle: each with the options that make its stage long, and those before it
	 * short. What works on tokens does so whatever the size of the picture.
	 */
	const LONG: readonly [Stage, Partial<SegmentationOptions>, "large" | "small"][] = [
		["decode", {}, "large"],
		["median", { median: 101 }, "large"],
		["pca", { layer: [0, 1, 2, 3, 4, 5, 6, 7], denoise: 16 }, "small"],
		["kmeans", { clusters: 64, restarts: 100 }, "small"],
		["upsample", { ...QUICK, clusters: 128 }, "large"],
		["smooth", { ...QUICK, clusters: 64 }, "large"],
		["superpixels", { inputSize: 224, median: 0, segments: "regions" }, "large"],
	];

	it.each(LONG)("stops inside the stage %s", async (stage, options, size) => {
		const controller = new AbortController();
		const events: SegmentationEvent[] = [];
		let cancelledAt = Number.NaN;
		const call = segmenter.segment(size === "large" ? path : cat, {
			...options,
			signal: controller.signal,
			onEvent(event) {
				if (event.type === "stage-start" && event.stage === stage) {
					cancelledAt = performance.now();
					controller.abort(new Error("on purpose"));
				}
				events.push(event);
			},
		});
		await expect(call).rejects.toMatchObject({ code: "ABORTED", cause: { message: "on purpose" } });
		// A hundred milliseconds are promised; a busy machine takes longer, and a whole stage much longer.
		expect(performance.now() - cancelledAt).toBeLessThan(1000);
		expect(events.at(-1)).toEqual({ type: "stage-start", stage });
	});

	it("works on after all that", async () => {
		const { labels } = await segmenter.segment(cat, { inputSize: 224, clusters: 6 });
		expect(labels.count).toBe(6);
	});

	it("leaves the event loop of its caller alone", async () => {
		const delay = monitorEventLoopDelay({ resolution: 5 });
		delay.enable();
		const { labels } = await segmenter.segment(path, { clusters: 6 });
		delay.disable();
		expect(labels.data).toHaveLength(WIDTH * HEIGHT);
		// 20 and 50 ms are promised on a quiet machine: docs/benchmarks.md. In one thread a stage took 900 ms.
		expect(delay.percentile(99) / 1e6).toBeLessThan(100);
		expect(delay.max / 1e6).toBeLessThan(300);
	});
});

describe("pixels", () => {
	it("are taken as a file of them is", async () => {
		await withShared(async (segmenter) => {
			const { image } = await decodeImage(cat, { name: "cat", maxPixels: 1e6 });
			const { width, height } = image;
			const fromFile = await segmenter.segment(await encodePng(image), { inputSize: 112, seed: 1 });
			const before = image.data.slice();
			const fromPixels = await segmenter.segment(image, { inputSize: 112, seed: 1 });
			expect(fromPixels.labels).toEqual(fromFile.labels);
			expect(fromPixels.input).toMatchObject({ path: null, width, height });
			expect(image.data).toEqual(before);
		});
	});

	it("are given as they are segmented, with what is known of them, and decoded once", async () => {
		const cacheFolder = join(folder.path, "decoded");
		await using segmenter = await createSegmenter({ cacheFolder });
		const given = await segmenter.decode(cat, { clusters: 3 });
		const { format: _, ...decoded } = await decodeImage(cat, { name: "the picture", maxPixels: 1e6 });
		const { image, input } = await segmenter.segment(cat, { inputSize: 112 });
		expect(given).toEqual({ ...decoded, name: "the picture", path: null, sha256: input.sha256 });
		expect(given.image).toEqual(image);
		// They are the caller's own.
		given.image.data.fill(0);
		const events: SegmentationEvent[] = [];
		const again = await segmenter.decode(cat, { onEvent: (event) => void events.push(event) });
		expect(again.image).toEqual(image);
		expect(events.map(({ type }) => type)).toEqual(["stage-start", "stage-end"]);
		const { data, width, height } = image;
		expect(await segmenter.decode({ data, width, height })).toMatchObject({ image: { width, height }, path: null });
		await expect(segmenter.decode(cat, { page: 2 })).rejects.toMatchObject({ code: "PAGE_NOT_FOUND" });
		await expect(segmenter.decode(cat, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
	});

	it("may have one, three or four channels, the last laid over white", async () => {
		const { image } = await decodeImage(cat, { name: "cat", maxPixels: 1e6 });
		const { width, height } = image;
		const opaque = new Uint8ClampedArray(width * height * 4).fill(255);
		const clear = new Uint8ClampedArray(width * height * 4);
		const grey = new Uint8Array(width * height);
		for (let i = 0; i < width * height; i++) {
			opaque.set(image.data.subarray(i * 3, i * 3 + 3), i * 4);
			grey[i] = image.data[i * 3];
		}
		await withShared(async (segmenter) => {
			const call = { inputSize: 112 };
			const { labels } = await segmenter.segment({ ...image, channels: 3 }, call);
			expect((await segmenter.segment({ data: opaque, width, height }, call)).labels).toEqual(labels);
			const white = await segmenter.segment({ data: clear, width, height }, call);
			expect(white.labels.count).toBe(1);
			expect(white.segments[0].meanColor).toBe("#ffffff");
			const { image: shown } = await segmenter.segment({ data: grey, width, height }, call);
			expect([...shown.data.subarray(0, 3)]).toEqual([grey[0], grey[0], grey[0]]);
		});
	});

	it("of the wrong kind are refused by name", async () => {
		await withShared(async (segmenter) => {
			const data = new Uint8Array(12);
			const refused = (pixels: object, code: Parameters<typeof expectError>[1]) =>
				expectError(segmenter.segment(pixels as never), code);
			await refused({ data, width: 2, height: 3 }, "SHAPE_MISMATCH");
			await refused({ data, width: 2, height: 2, channels: 4 }, "SHAPE_MISMATCH");
			await refused({ data, width: 0, height: 2 }, "OPTION_INVALID");
			await refused({ data, width: 2.5, height: 2 }, "OPTION_INVALID");
			await refused({ data: new Float32Array(12), width: 2, height: 2 }, "OPTION_INVALID");
			await refused({ width: 2, height: 2 }, "OPTION_INVALID");
			await expectError(segmenter.segment({ data, width: 2, height: 2 }, { maxPixels: 3 }), "IMAGE_TOO_LARGE");
		});
	});
});

describe("what crosses threads", () => {
	it("is given away once, however often a result names it", async () => {
		await withShared(async (segmenter) => {
			const result = await segmenter.segment(cat, {
				inputSize: 112,
				median: 0,
				smooth: { method: "none" },
				minArea: { pixels: 0 },
			});
			const same = { ...result, blurred: result.image };
			const { value, arrays } = packResult(same, false);
			const transfer = transferable(arrays, isTransferable);
			expect(new Set(transfer).size).toBe(transfer.length);
			const arrived = structuredClone(value, { transfer });
			expect(arrived.blurred.data).toBe(arrived.image.data);
			expect(arrived.image.data.length).toBe(arrived.labels.data.length * 3);
			expect(result.image.data).toHaveLength(0);
		});
	});

	it("keeps code, details and cause of errors", async () => {
		await withShared(async (segmenter) => {
			const call = segmenter.segment(cat, { inputSize: 28, clusters: 900 });
			await expect(call).rejects.toMatchObject({
				name: "DinosegError",
				code: "CLUSTERS_EXCEED_TOKENS",
				details: { clusters: 900 },
			});
			const corrupt = segmenter.segment(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13));
			await expect(corrupt).rejects.toMatchObject({ code: "IMAGE_CORRUPT", cause: { message: expect.any(String) } });
		});
	});

	it("ends a call whose listener fails, with what it threw", async () => {
		await withShared(async (segmenter) => {
			const call = segmenter.segment(cat, {
				inputSize: 112,
				onEvent() {
					throw new RangeError("in the listener");
				},
			});
			await expect(call).rejects.toThrow(new RangeError("in the listener"));
			const { labels } = await segmenter.segment(cat, { inputSize: 112, clusters: 6 });
			expect(labels.count).toBe(6);
		});
	});
});

interface Outcome {
	readonly code: number | null;
	readonly signal: string | null;
	readonly stdout: string;
}

async function runProcess(script: string): Promise<Outcome> {
	const prelude = `
		import { createSegmenter } from "@dinoseg/node/segmenter";
		const photograph = ${JSON.stringify(example("cat.jpg"))};
	`;
	const child = spawn(process.execPath, ["--input-type=module", "-e", prelude + script], {
		cwd: new URL("..", import.meta.url),
		stdio: ["ignore", "pipe", "inherit"],
	});
	let stdout = "";
	child.stdout.on("data", (chunk) => {
		stdout += chunk;
	});
	const [code, signal] = await once(child, "close");
	return { code, signal, stdout };
}

describe("a process", () => {
	it("ends by itself though its segmenter was not disposed", async () => {
		const outcome = await runProcess(`
			const segmenter = await createSegmenter({ cache: false });
			console.log((await segmenter.segment(photograph, { inputSize: 112, clusters: 6 })).labels.count);
		`);
		expect(outcome).toEqual({ code: 0, signal: null, stdout: "6\n" });
	});

	it("has no thread left after dispose, and await using disposes", async () => {
		const outcome = await runProcess(`
			const segmenter = await createSegmenter({ cache: false });
			await segmenter.segment(photograph, { inputSize: 112 });
			await segmenter[Symbol.asyncDispose]();
			const { activeResources = process.getActiveResourcesInfo() } = {};
			console.log(activeResources.filter((name) => /Worker|MessagePort/.test(name)).length);
		`);
		expect(outcome).toEqual({ code: 0, signal: null, stdout: "0\n" });
	});

	it.each(["network", "kmeans"])("is not aborted by process.exit during the stage %s", async (stage) => {
		const outcome = await runProcess(`
			const segmenter = await createSegmenter({ cache: false });
			const onEvent = ({ type, stage }) => type === "stage-start" && stage === "${stage}" && process.exit(3);
			await segmenter.segment(photograph, { restarts: 100, onEvent });
		`);
		expect(outcome).toEqual({ code: 3, signal: null, stdout: "" });
	});
});
