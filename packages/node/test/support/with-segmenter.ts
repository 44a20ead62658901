import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSegmenter, type Segmenter, type SegmenterOptions } from "@dinoseg/node/segmenter";
import { afterAll, beforeAll } from "vitest";

/**
 * Use a segmenter, without a token cache unless asked for, and dispose of it. What it keeps in spite of that, such as
 * weights in 8 bits, goes to a folder of its own.
 */
export async function withSegmenter<T>(
	options: SegmenterOptions,
	use: (segmenter: Segmenter) => Promise<T>,
): Promise<T> {
	const cacheFolder = await mkdtemp(join(tmpdir(), "dinoseg-test-"));
	try {
		const segmenter = await createSegmenter({ cache: false, cacheFolder, ...options });
		try {
			return await use(segmenter);
		} finally {
			await segmenter.dispose();
		}
	} finally {
		await rm(cacheFolder, { recursive: true, force: true });
	}
}

/** One segmenter of the default model, without a token cache, for all tests of a file that hand it something. */
export function useSegmenter(): <T>(use: (segmenter: Segmenter) => Promise<T>) => Promise<T> {
	let segmenter: Segmenter;
	beforeAll(async () => {
		segmenter = await createSegmenter({ cache: false });
	});
	afterAll(() => segmenter?.dispose());
	return (use) => use(segmenter);
}
