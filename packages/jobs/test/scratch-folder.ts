import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that goes when it is disposed of. */
export interface ScratchFolder extends AsyncDisposable {
	readonly folder: string;
}

export async function createScratchFolder(): Promise<ScratchFolder> {
	const folder = await mkdtemp(join(tmpdir(), "dinoseg-jobs-"));
	return {
		folder,
		async [Symbol.asyncDispose]() {
			await rm(folder, { recursive: true, force: true });
		},
	};
}
