import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { segmentColor } from "@dinoseg/core/labels";
import { type PartialOptions, resolveOptions } from "@dinoseg/core/options";
import { loadKernels } from "@dinoseg/kernels";
import { decodeImage, encodePng, hashBytes } from "@dinoseg/node";
import { createSegmenter, type Segmenter } from "@dinoseg/node/segmenter";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAnalysis } from "../src/session/analysis/create-analysis.ts";
import { findInAll } from "../src/session/analysis/find-in-all.ts";
import { exportPicture } from "../src/session/files/export-picture.ts";

/** For a network that takes milliseconds. */
const inputSize = 126;
const OPTIONS: readonly PartialOptions[] = [
	{ inputSize: 140 },
	{ clusters: 5, inputSize },
	{ segments: "regions", detail: 50, inputSize },
	{ segments: "regions", clusters: 12, inputSize },
	{ median: 0, inputSize },
	{ repair: true, debias: true, clusters: 4, inputSize },
];
const FILES = ["labels.png", "segments.json", "overlay.png"].map((file) => ({ file }));
const kernels = await loadKernels();
const ports = { now: () => performance.now(), yield: async () => {} };
const digest = async (bytes: Uint8Array) => hashBytes(bytes).sha256;

let segmenter: Segmenter;
beforeAll(async () => {
	segmenter = await createSegmenter({ cache: false });
});
afterAll(() => segmenter?.dispose());

/** What an engine of the studio gives of an example. */
async function open(name: string, width = 120) {
	const path = fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));
	const bytes = new Uint8Array(
		await sharp(await readFile(path))
			.resize({ width })
			.png()
			.toBuffer(),
	);
	const { image, warnings } = await decodeImage(bytes, { ...resolveOptions({}), name });
	return { bytes, picture: { image, warnings, sha256: await digest(bytes) } };
}

async function tokensOf(bytes: Uint8Array, given: PartialOptions) {
	const { config: _config, ...identity } = segmenter.model;
	return { grid: await segmenter.features(bytes, given), model: identity };
}

const settingsOf = (given: PartialOptions) => {
	return { model: "tiny", dtype: "fp32", options: resolveOptions(given) } as const;
};

describe("an analysis", () => {
	it("gives the files of the command line, whatever was asked for before", async () => {
		const { bytes, picture } = await open("cat.jpg");
		const analysis = createAnalysis(kernels, picture, ports);
		const made = [];
		for (const given of OPTIONS) {
			made.push({ given, tokens: await tokensOf(bytes, given), expected: await segmenter.render(bytes, FILES, given) });
		}
		for (const { given, tokens, expected } of [...made, ...made]) {
			const result = await analysis.segment(tokens, settingsOf(given));
			const segments = result.segments.map(({ id }) => ({ id, name: `segment-${id}`, color: segmentColor(id) }));
			const untouched = { result, labels: result.labels, segments };
			for (const [at, file] of FILES.entries()) {
				const own = await exportPicture(untouched, file, { kernels, encodePng });
				expect(Buffer.from(own.bytes).equals(expected[at].bytes), `${file.file} of ${JSON.stringify(given)}`).toBe(
					true,
				);
			}
		}
	});

	it.each(["clusters", "regions"] as const)(
		"finds the same %s in all pictures as a codebook does",
		async (segments) => {
			const opened = await Promise.all(["cat.jpg", "coffee.jpg", "rocket.jpg"].map((name) => open(name)));
			const given = { segments, inputSize } as const;
			const pictures = [];
			for (const [at, { bytes, picture }] of opened.entries()) {
				const analysis = createAnalysis(kernels, picture, ports);
				pictures.push({ id: `${at}`, analysis, tokens: await tokensOf(bytes, given), settings: settingsOf(given) });
			}
			const found = await findInAll(pictures, 6, digest);
			expect(found.codebook.clusters).toBe(6);
			for (const [at, { bytes }] of opened.entries()) {
				const expected = await segmenter.apply(bytes, found.codebook, given);
				const own = found.results.get(`${at}`);
				expect(own?.codebook).toEqual(expected.codebook);
				expect(own?.labels).toEqual(expected.labels);
				expect(own?.options).toEqual(expected.options);
			}
		},
	);
});
