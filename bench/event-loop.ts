/** How long the event loop of a program stands still while a segmenter works. */
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

/**
 * The table. Each picture is a file and is segmented some times; the first run, which loads the network, counts too.
 *
 * @param isQuick leaves the largest picture out.
 */
export async function eventLoopTable(isQuick: boolean): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "dinoseg-event-loop-"));
	const rows: string[][] = [];
	try {
		for (const size of isQuick ? (["12"] as const) : (["12", "48"] as const)) {
			const [width, height] = PICTURE_SIZES[size];
			const path = join(folder, `${size}.jpg`);
			await sharp(await readFile(PHOTOGRAPH))
				.resize(width, height, { fit: "fill" })
				.jpeg()
				.toFile(path);
			rows.push([`${size} megapixels, bundled model`, ...(await measure(path, "tiny"))]);
		}
		const large = join(folder, "large");
		const shape = { ...CHECKPOINT_SIZES.large, layers: LARGE_LAYERS };
		await writeRandomCheckpoint(large, { ...shape, dtype: "F32", registers: 0, seed: 0 });
		rows.push(["0.24 megapixels, tokens of ViT-L (925 × 1024)", ...(await measure(PHOTOGRAPH, large))]);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
	return markdownTable(["Picture", "ms per run", "Median (ms)", "p99 (ms)", "Longest (ms)"], "lrrrr", rows);
}

/** @returns milliseconds of a run, and of the delays of the event loop: median, 99th percentile, longest. */
async function measure(path: string, model: string): Promise<string[]> {
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
	return [took, delay.percentile(50) / 1e6, delay.percentile(99) / 1e6, delay.max / 1e6].map(formatMilliseconds);
}
