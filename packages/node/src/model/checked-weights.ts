import { checkWeightSizes, type LoadedCheckpoint } from "./load-checkpoint.ts";

/**
 * Open what maps the weights of a checkpoint into memory. They are checked before, for the checkpoint may have been read
 * long ago, and after: shortened meanwhile, they would end the process at the first run.
 *
 * @throws DinosegError SAFETENSORS_INVALID, MODEL_FILE_MISSING; what `open` throws
 */
export async function openOnCheckedWeights<T extends { close(): Promise<void> }>(
	weights: Pick<LoadedCheckpoint, "tensors" | "folder">,
	open: () => Promise<T>,
): Promise<T> {
	await checkWeightSizes(weights);
	const opened = await open();
	try {
		await checkWeightSizes(weights);
		return opened;
	} catch (error) {
		await opened.close();
		throw error;
	}
}
