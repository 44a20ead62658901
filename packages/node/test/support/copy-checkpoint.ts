import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fixturePath } from "../../../../fixtures/load.ts";

/** The folder of a small checkpoint. */
export const CHECKPOINT = fixturePath("reference/backbone/mlp");
export const CHECKPOINT_FILES = ["config.json", "preprocessor_config.json", "model.safetensors"];

/** The checkpoint in a folder of its own, without the files named. */
export async function copyCheckpoint(target: string, without: readonly string[] = []): Promise<string> {
	await mkdir(target, { recursive: true });
	for (const name of CHECKPOINT_FILES.filter((file) => !without.includes(file))) {
		await copyFile(join(CHECKPOINT, name), join(target, name));
	}
	return target;
}
