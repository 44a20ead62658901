import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compareDtypes, estimateRunTime, loadQuantised } from "@dinoseg/node";
import { describe, expect, it } from "vitest";
import { checkWeightSizes, loadCheckpoint } from "../dist/model/load-checkpoint.js";
import { copyCheckpoint } from "./support/copy-checkpoint.ts";
import { expectError } from "./support/expect-error.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";
import { withSegmenter } from "./support/with-segmenter.ts";

const PICTURE = fileURLToPath(new URL("../../../examples/cat.jpg", import.meta.url));
const root = useTemporaryFolder();

async function ownCheckpoint() {
	const folder = await copyCheckpoint(await mkdtemp(join(root.path, "model-")));
	const weights = join(folder, "model.safetensors");
	return { folder, weights, whole: await readFile(weights) };
}

describe("weights that became shorter after the checkpoint was read", () => {
	it.each([0, 1000, -1])("are told before they are mapped: %d bytes", async (bytes) => {
		const { folder, weights, whole } = await ownCheckpoint();
		await withSegmenter({ model: folder }, async (segmenter) => {
			await truncate(weights, bytes < 0 ? whole.length + bytes : bytes);
			const error = await expectError(segmenter.segment(PICTURE, { inputSize: 112 }), "SAFETENSORS_INVALID");
			expect(error.message).toContain(`${weights}: the file became shorter while it was read. Wait`);
			await writeFile(weights, whole);
			expect((await segmenter.segment(PICTURE, { inputSize: 112 })).segments.length).toBeGreaterThan(0);
		});
	});

	it("are found by their tensors, and so are weights that went", async () => {
		const { folder, weights, whole } = await ownCheckpoint();
		const checkpoint = await loadCheckpoint(folder);
		await checkWeightSizes(checkpoint);
		await truncate(weights, whole.length - 1);
		await expectError(checkWeightSizes(checkpoint), "SAFETENSORS_INVALID");
		await rm(weights);
		await expectError(checkWeightSizes(checkpoint), "MODEL_FILE_MISSING");
	});

	it("are told before networks are compared, or their time is measured", async () => {
		const { folder, weights } = await ownCheckpoint();
		const checkpoint = await loadCheckpoint(folder);
		const cacheFolder = join(folder, "cache");
		// With the 8-bit weights at hand, nothing else reads those of the checkpoint.
		await (await loadQuantised(checkpoint, { cacheFolder })).dispose();
		await truncate(weights, 1000);
		const image = { data: new Uint8Array(3 * 28 * 28), width: 28, height: 28 };
		const comparing = compareDtypes(checkpoint, { cacheFolder, image, inputSize: 28, threads: 1, runs: 1 });
		expect((await expectError(comparing, "SAFETENSORS_INVALID")).message).toContain(weights);
		const size = { inputWidth: 28, inputHeight: 28 };
		await expectError(estimateRunTime(checkpoint.config, size, checkpoint, 1), "SAFETENSORS_INVALID");
	});
});
