import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSegmenter, type Segmenter, type SegmenterOptions } from "@dinoseg/node/segmenter";

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
