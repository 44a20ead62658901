import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
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
});
