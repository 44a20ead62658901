import { createSegmenter, type Segmenter, type SegmenterOptions } from "@dinoseg/node/segmenter";

/** Segmenters that are kept open: each has threads of its own, and holds the model. */
const MOST_OPEN = 2;

/** Opens segmenters and keeps them for the next run that asks for the same: a start takes many times a small picture. */
export interface SegmenterPool {
	open(options: SegmenterOptions): Promise<Segmenter>;
	/** Close those that use a cache, before it is removed. */
	close(cacheFolder: string): Promise<void>;
}

interface Kept {
	readonly cacheFolder: string | undefined;
	readonly segmenter: Segmenter;
}

export function createSegmenterPool(): SegmenterPool {
	/** By what they were asked for, in the order of their last use. */
	const kept = new Map<string, Kept>();

	const close = async (key: string): Promise<void> => {
		const { segmenter } = kept.get(key) as Kept;
		kept.delete(key);
		await segmenter.dispose();
	};

	return {
		async open(options) {
			const { model, dtype, device, sessions, cache } = options;
			if (model !== "tiny" || dtype !== "fp32" || device !== "cpu") {
				return createSegmenter(options);
			}
			const cacheFolder = cache ? process.env["DINOSEG_CACHE"] : undefined;
			const key = JSON.stringify([sessions, cacheFolder]);
			// Nothing is kept in memory from one run to the next: a run would not have it.
			const segmenter = kept.get(key)?.segmenter ?? (await createSegmenter({ ...options, memoryBytes: 0 }));
			kept.delete(key);
			kept.set(key, { cacheFolder, segmenter });
			if (kept.size > MOST_OPEN) {
				await close([...kept.keys()][0]);
			}
			const dispose = async () => undefined;
			return { ...segmenter, dispose, [Symbol.asyncDispose]: dispose };
		},
		async close(cacheFolder) {
			for (const [key, value] of [...kept]) {
				if (value.cacheFolder === cacheFolder) {
					await close(key);
				}
			}
		},
	};
}
