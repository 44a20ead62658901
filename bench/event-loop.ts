/**
 * How long the event loop of a program stands still while a segmenter works: `tsx bench/event-loop.ts`, after a build.
 * Each picture is a file and is segmented some times; the first run, which loads the network, counts too.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { createSegmenter } from "@dinoseg/node/segmenter";
import sharp from "sharp";
import { CHECKPOINT_SIZES, writeRandomCheckpoint } from "../fixtures/random-checkpoint.ts";
import { formatMilliseconds, markdownTable } from "./harness/markdown.ts";
import { PICTURE_SIZES } from "./inputs/pictures.ts";

const PHOTOGRAPH = fileURLToPath(new URL("../examples/coffee.jpg", import.meta.url));
const RUNS = 3;
/** Blocks of the network with tokens as long as those of ViT-L: more would only take longer in onnxruntime's thread. */
const LARGE_LAYERS = 2;

const folder = await mkdtemp(join(tmpdir(), "dinoseg-event-loop-"));
const rows: string[][] = [];

async function measure(name: string, path: string, model: string): Promise<void> {
	const segmenter = await createSegmenter({ model, cache: false });
	const delay = monitorEventLoopDelay({ resolution: 1 });
	const start = performance.now();
	delay.enable();
	for (let run = 0; run < RUNS; run++) {
		await segmenter.segment(path);
	}
	delay.disable();
	const took = (performance.now() - start) / RUNS;
	await segmenter.dispose();
	const milliseconds = (nanoseconds: number) => formatMilliseconds(nanoseconds / 1e6);
	rows.push([
		name,
		formatMilliseconds(took),
		milliseconds(delay.percentile(50)),
		milliseconds(delay.percentile(99)),
		milliseconds(delay.max),
	]);
}

try {
	for (const size of ["12", "48"] as const) {
		const [width, height] = PICTURE_SIZES[size];
		const path = join(folder, `${size}.jpg`);
		await sharp(await readFile(PHOTOGRAPH))
			.resize(width, height, { fit: "fill" })
			.jpeg()
			.toFile(path);
		await measure(`${size} megapixels, bundled model`, path, "tiny");
	}
	const large = join(folder, "large");
	await writeRandomCheckpoint(large, {
		...CHECKPOINT_SIZES.large,
		layers: LARGE_LAYERS,
		dtype: "F32",
		registers: 0,
		seed: 0,
	});
	await measure("0.24 megapixels, tokens of ViT-L (1369 × 1024)", PHOTOGRAPH, large);
} finally {
	await rm(folder, { recursive: true, force: true });
}
console.log(markdownTable(["Picture", "ms per run", "median, ms", "p99, ms", "longest, ms"], "lrrrr", rows));
