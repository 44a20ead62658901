import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createSegmenter } from "@dinoseg/node/segmenter";
import { expect, it } from "vitest";
import { asClusters } from "../../../fixtures/as-clusters.ts";
import { fixturePath } from "../../../fixtures/load.ts";
import { CHECKPOINT_SIZES, writeRandomCheckpoint } from "../../../fixtures/random-checkpoint.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

const folder = useTemporaryFolder();

it("runs a network of the size of ViT-S/14", async () => {
	const model = join(folder.path, "small");
	await writeRandomCheckpoint(model, CHECKPOINT_SIZES.small);
	expect((await stat(join(model, "model.safetensors"))).size).toBeGreaterThan(88e6);
	const segmenter = await createSegmenter({ model, cache: false });
	try {
		const photograph = fixturePath("reference/preproc/a_clean.png");
		const options = { inputSize: { width: 224, height: 224 }, clusters: 4 };
		const result = asClusters(await segmenter.segment(photograph, options));
		expect(result.clusters).toBe(4);
		expect(result.tokenLabels).toHaveLength(16 * 16);
		expect(new Set(result.tokenLabels).size).toBe(4);
		expect(result.inertia).toBeGreaterThan(0);
	} finally {
		await segmenter.dispose();
	}
	expect(await readdir(model)).toHaveLength(3);
});
