import { createSegmenter, type Segmenter, type SegmenterOptions } from "@dinoseg/node";

/** Use a segmenter, without a token cache unless asked for, and dispose of it. */
export async function withSegmenter<T>(
	options: SegmenterOptions,
	use: (segmenter: Segmenter) => Promise<T>,
): Promise<T> {
	const segmenter = await createSegmenter({ cache: false, ...options });
	try {
		return await use(segmenter);
	} finally {
		await segmenter.dispose();
	}
}
