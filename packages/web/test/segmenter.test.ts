import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { medianBlur, type RgbImage } from "@dinoseg/core/image";
import { adjustedRandIndex } from "@dinoseg/core/metrics";
import { DEFAULT_OPTIONS, type SegmentationOptions } from "@dinoseg/core/options";
import { createStageRecorder, segmentTokens } from "@dinoseg/core/segment";
import type { TokenGrid } from "@dinoseg/core/tensor";
import { referenceKernels } from "@dinoseg/kernels";
import { createSegmenter, type Segmenter } from "@dinoseg/node/segmenter";
import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { isFull } from "../../../fixtures/is-full.ts";
import { fixturePath } from "../../../fixtures/load.ts";
import { ENGINES } from "../../core/test/browsers.ts";
import { useTemporaryFolder } from "../../node/test/support/temporary-folder.ts";
import { bytesOf, floatsOf, given, useBuiltPage, usePage } from "./support/pages.ts";

const PHOTOGRAPH = fileURLToPath(new URL("../../../examples/cat.jpg", import.meta.url));
const built = useBuiltPage();
const cache = useTemporaryFolder();
/** Small, for networks by WebAssembly take some time. */
const INPUT = { inputSize: 280 } as const;
/** Checkpoints of DINOv3 ViT: the plain one, one with a gated network in each block, one without biases. */
const dinov3 = isFull ? ["mlp", "gated", "nobias"] : ["gated"];
const jpegs = isFull ? ["astronaut", "cat", "coffee", "retina", "rocket", "tissue"] : ["cat"];

let node: Segmenter;
let png: Uint8Array;
const example = (name: string) => fileURLToPath(new URL(`../../../examples/${name}.jpg`, import.meta.url));

beforeAll(async () => {
	node = await createSegmenter({ cache: false });
	png = await sharp(PHOTOGRAPH).png().toBuffer();
});
afterAll(() => node?.dispose());

async function files(): Promise<ReadonlyMap<string, Uint8Array>> {
	const photographs = await Promise.all(
		jpegs.map(async (name) => [`/${name}.jpg`, await readFile(example(name))] as const),
	);
	const checkpoints = await Promise.all(
		dinov3.flatMap((name) =>
			["config.json", "preprocessor_config.json", "model.safetensors"].map(
				async (file) => [`/${name}/${file}`, await readFile(fixturePath(`reference/dinov3/${name}/${file}`))] as const,
			),
		),
	);
	const grey = sharp(PHOTOGRAPH).resize(60).grayscale();
	return new Map<string, Uint8Array>([
		...photographs,
		...checkpoints,
		["/cat.png", png],
		["/16-bits.png", await grey.clone().toColourspace("grey16").png().toBuffer()],
		["/cat.tif", await grey.clone().tiff().toBuffer()],
		["/filled.jpg", withFill(await readFile(PHOTOGRAPH))],
		["/half.jpg", (await readFile(PHOTOGRAPH)).subarray(0, 200)],
		["/empty.png", new Uint8Array()],
		["/text.png", new TextEncoder().encode("not an image at all")],
		["/turned.jpg", await sharp(PHOTOGRAPH).resize(60, 40).withMetadata({ orientation: 6 }).jpeg().toBuffer()],
		[
			"/clear.png",
			await sharp({ create: { width: 8, height: 8, channels: 4, background: "#ff000080" } })
				.png()
				.toBuffer(),
		],
		[
			"/two.gif",
			await sharp(await frames(), { raw: { width: 20, height: 40, channels: 3, pageHeight: 20 } })
				.gif()
				.toBuffer(),
		],
	]);
}

/** A byte of filling before the second marker, which the standard allows and some readers of headers do not know. */
function withFill(jpeg: Uint8Array): Uint8Array {
	return Uint8Array.from([...jpeg.subarray(0, 2), 0xff, ...jpeg.subarray(2)]);
}

/** Black, then white. */
async function frames(): Promise<Buffer> {
	return Buffer.concat([Buffer.alloc(20 * 20 * 3), Buffer.alloc(20 * 20 * 3, 255)]);
}

/** What the pipeline makes of tokens here, in plain TypeScript. */
async function labelsOf(image: RgbImage, grid: TokenGrid, options: Partial<SegmentationOptions>) {
	const settings = { ...DEFAULT_OPTIONS, ...INPUT, ...options };
	const picture = medianBlur(referenceKernels, image, { window: settings.median });
	const recorder = createStageRecorder({ now: () => 0, yield: async () => {} });
	return (await segmentTokens(referenceKernels, grid, settings, recorder, { picture })).labels.data;
}

describe.each(ENGINES)("a segmenter in $name", (engine) => {
	const test = it.skipIf(!engine.isInstalled);
	/** What differs between browsers is tested in each; the rest in one, and in all when there is time. */
	const inOne = it.skipIf(!engine.isInstalled || (engine !== ENGINES[0] && !isFull));
	const site = usePage(engine, built, files);
	const { call } = site;

	beforeEach(async () => {
		if (engine.isInstalled) {
			given(await call("open", { device: "wasm", cache: false }));
		}
	});

	test("tells its model, and what its networks run on", async () => {
		const { digest, name, runtime, kernels } = given(await call("open", { device: "wasm", cache: false }));
		expect([digest, name, kernels]).toEqual([node.model.digest, "tiny", "simd"]);
		expect(runtime).toMatchObject({ provider: "wasm", reason: "" });
		expect(runtime.threads).toBeGreaterThanOrEqual(1);
	});

	test("decodes a PNG to the same pixels, and gives the tokens and from them the labels of Node", async () => {
		const decoded = given(await call("decode", "/cat.png"));
		const image = { width: decoded.width, height: decoded.height, data: bytesOf(decoded.data) };
		expect(Buffer.compare(image.data, (await node.decode(png)).image.data)).toBe(0);
		const expected = await node.features(png, INPUT);
		for (const options of [{ segments: "clusters", clusters: 5 }, { segments: "regions" }] as const) {
			const { tokens, labels, rows, cols, bits } = given(await call("segment", "/cat.png", { ...INPUT, ...options }));
			const found = floatsOf(tokens);
			expect(found.length).toBe(expected.data.length);
			expect(Math.max(...found.map((value, at) => Math.abs(value - expected.data[at])))).toBeLessThan(1e-3);
			const own = await labelsOf(image, { ...expected, rows, cols, data: found }, options);
			expect([bits, Buffer.compare(bytesOf(labels), new Uint8Array(own.buffer))]).toEqual([
				own.BYTES_PER_ELEMENT * 8,
				0,
			]);
		}
	});

	test.each(jpegs)("decodes %s.jpg within two levels, and segments it as Node does", async (name) => {
		const { data } = given(await call("decode", `/${name}.jpg`));
		const found = bytesOf(data);
		const { image } = await node.decode(example(name));
		const levels = found.reduce((most, value, at) => Math.max(most, Math.abs(value - image.data[at])), 0);
		const agreement: number[] = [];
		// How alike regions are is told, and no test.
		for (const segments of isFull ? (["clusters", "regions"] as const) : (["clusters"] as const)) {
			const { labels, bits } = given(await call("segment", `/${name}.jpg`, { ...INPUT, segments }));
			const bytes = bytesOf(labels);
			const own = bits === 8 ? bytes : new Uint16Array(bytes.buffer);
			const expected = await node.segment(example(name), { ...INPUT, segments });
			agreement.push(adjustedRandIndex(own, expected.labels.data));
		}
		if (isFull) {
			process.stdout.write(
				`${engine.name} ${name}: ${levels} levels, ARI ${agreement.map((ari) => ari.toFixed(4)).join(" ")}\n`,
			);
		}
		expect(levels).toBeLessThanOrEqual(2);
		expect(agreement[0]).toBeGreaterThanOrEqual(0.98);
	});

	inOne.each(dinov3)("gives the tokens of Node for the DINOv3 %s, from a folder of a server", async (name) => {
		const expected = await createSegmenter({ cache: false, model: fixturePath(`reference/dinov3/${name}`) });
		try {
			const { digest } = given(
				await call("open", { device: "wasm", cache: false, model: new URL(`${name}/`, site.server.url).href }),
			);
			expect(digest).toBe(expected.model.digest);
			const { tokens } = given(await call("segment", "/cat.png", { inputSize: 112, clusters: 2 }));
			const { data } = await expected.features(png, { inputSize: 112 });
			const found = floatsOf(tokens);
			expect(found.length).toBe(data.length);
			expect(Math.max(...found.map((value, at) => Math.abs(value - data[at])))).toBeLessThan(1e-3);
		} finally {
			await expected.dispose();
		}
	});

	inOne("computes weights in 8 bits as Node does", async () => {
		const expected = await createSegmenter({ cache: false, dtype: "int8", cacheFolder: cache.path });
		try {
			given(await call("open", { device: "wasm", dtype: "int8", cache: false }));
			const { tokens } = given(await call("segment", "/cat.png", { inputSize: 112, clusters: 2 }));
			const { data } = await expected.features(png, { inputSize: 112 });
			// Rounding to 8 bits makes much of little: other additions move some values to the next step.
			const lengthOf = (values: Float32Array) => Math.hypot(...values);
			const difference = floatsOf(tokens).map((value, at) => value - data[at]);
			expect(lengthOf(difference) / lengthOf(data)).toBeLessThan(0.02);
		} finally {
			await expected.dispose();
		}
	});

	test("turns a photograph, lays alpha over white, and takes the frame that is asked for", async () => {
		expect(await call("decode", "/turned.jpg")).toMatchObject({ width: 40, height: 60 });
		expect(await call("decode", "/filled.jpg")).toMatchObject({ width: 451, height: 300 });
		expect(await call("decode", "/filled.jpg", { maxPixels: 1000 })).toMatchObject({ code: "IMAGE_TOO_LARGE" });
		const { data } = given(await call("decode", "/clear.png"));
		expect(
			Math.max(...bytesOf(data).map((value, at) => Math.abs(value - [255, 127, 127][at % 3]))),
		).toBeLessThanOrEqual(1);
		const first = given(await call("decode", "/two.gif"));
		expect([first.page, first.codes, bytesOf(first.data)[0]]).toEqual([1, ["ANIMATION_FIRST_FRAME"], 0]);
		const second = given(await call("decode", "/two.gif", { page: 2 }));
		expect([second.page, second.name, bytesOf(second.data)[0]]).toEqual([2, "two.gif, page 2", 255]);
		expect(await call("decode", "/two.gif", { page: 3 })).toMatchObject({ code: "PAGE_NOT_FOUND" });
	});

	inOne("keeps what was computed, also for the next segmenter", async () => {
		const options = { inputSize: 140, clusters: 3 };
		given(await call("open", { device: "wasm" }));
		const first = given(await call("segment", "/cat.png", options));
		await call("close");
		given(await call("open", { device: "wasm" }));
		const again = given(await call("segment", "/cat.png", options));
		expect([first.timings.network > 0, again.timings.network]).toEqual([true, 0]);
		expect(again.labels).toBe(first.labels);
	});

	inOne("sweeps, renders and takes pixels", async () => {
		expect(await call("sweep", "/cat.png", { inputSize: 140 })).toEqual([2, 3, 4]);
		const [labels, overlay] = given(
			await call("render", "/cat.png", ["labels.png", "overlay.png"], { inputSize: 140 }),
		);
		const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
		expect([labels, overlay]).toEqual([
			{ fileName: "labels.png", start: PNG },
			{ fileName: "overlay.png", start: PNG },
		]);
		// The page's own pixels stay with it.
		expect(await call("pixels", 60, 40)).toEqual([60, 40, 9600]);
	});

	inOne.each([
		["/cat.tif", "IMAGE_UNSUPPORTED", /is TIFF.*npx dinoseg/],
		["/16-bits.png", "IMAGE_UNSUPPORTED", /16 bits a sample.*npx dinoseg/],
		["/half.jpg", "IMAGE_CORRUPT", /damaged/],
		["/empty.png", "INPUT_EMPTY", /zero bytes/],
		["/text.png", "IMAGE_UNSUPPORTED", /no known image format/],
	])("refuses %s by name", async (path, code, message) => {
		expect(await call("decode", path)).toEqual({ code, message: expect.stringMatching(message) });
		expect(await call("decode", path)).toMatchObject({ message: expect.stringMatching(`^${path.slice(1)}: `) });
	});

	inOne("refuses what is too large from its header, and what is no picture or option", async () => {
		expect(await call("decode", "/cat.jpg", { maxPixels: 1000 })).toEqual({
			code: "IMAGE_TOO_LARGE",
			message: expect.stringContaining("451 x 300 = 135300 pixels, at most 1000"),
		});
		expect(await call("wrong", "photo.jpg")).toMatchObject({ code: "OPTION_INVALID" });
		expect(await call("uncloneable")).toMatchObject({ message: expect.stringMatching(/clone/) });
		expect(await call("segment", "/cat.png", { clusters: 0 })).toMatchObject({ code: "OPTION_INVALID" });
		expect(await call("open", { device: "npu" } as never)).toMatchObject({ code: "OPTION_INVALID" });
		expect(await call("open", { modell: "tiny" } as never)).toMatchObject({ code: "OPTION_INVALID" });
		expect(await call("open", { model: "no such name" })).toMatchObject({ code: "MODEL_UNKNOWN" });
	});

	inOne("stops at a cancel, and goes on working afterwards; nothing works once it is disposed of", async () => {
		expect(await call("cancel", "/cat.png", { ...INPUT, clusters: 4 })).toMatchObject({ code: "ABORTED" });
		expect(given(await call("segment", "/cat.png", { ...INPUT, clusters: 4 })).count).toBe(4);
		expect(await call("late", "/cat.png")).toMatchObject({ code: "DISPOSED" });
	});
});
