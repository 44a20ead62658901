import { createHash } from "node:crypto";
import { VERSION } from "@dinoseg/core";
import type { DecodedImage, DecodedPixels, DecodingOptions } from "@dinoseg/core/engine";
import { formatOptions, type SegmentationOptions } from "@dinoseg/core/options";
import type { StoredImage } from "../store/images.ts";
import type { ImageWork } from "./image-work.ts";
import type { Job, Jobs } from "./jobs.ts";
import type { MadeFile } from "./segmentations.ts";

/** What is known beside the pixels of an image. */
export interface PixelFacts extends Omit<DecodedPixels, "image" | "valid"> {
	readonly width: number;
	readonly height: number;
	/** Whether the plane of pixels with data follows the colours. */
	readonly hasValid: boolean;
}

/** Pixels that can be had. */
export interface PreparedPixels {
	/** Names the bytes: equal for equal ones. */
	readonly id: string;
	readonly imageId: string;
	readonly options: DecodingOptions;
}

export interface PixelsOptions {
	readonly work: ImageWork;
	readonly jobs: Jobs;
}

/** Images as they are segmented, decoded for each request: their bytes are many, and nothing of them is kept. */
export interface Pixels {
	prepare(image: StoredImage, options: SegmentationOptions): PreparedPixels;
	/**
	 * Red, green and blue, (height, width, 3), and where some have no data, which have, (height, width). Facts: `PixelFacts`.
	 *
	 * Who asks has reserved a place in the queue.
	 *
	 * @throws DinosegError IMAGE_*, PAGE_NOT_FOUND, OPTION_INVALID, RESOURCE_UNKNOWN, JOB_TOO_LONG, ABORTED
	 */
	decode(prepared: PreparedPixels, signal: AbortSignal): Promise<MadeFile>;
}

/** The options that decide the pixels; the limit of pixels is that of the service. */
const DECODING_KEYS = ["bands", "nodata", "page", "stretch"] as const satisfies readonly (keyof DecodingOptions)[];
/** Hexadecimal digits of the name of some pixels. */
const ID_LENGTH = 32;

export function createPixels({ work, jobs }: PixelsOptions): Pixels {
	/** What the jobs that run are making: all that want the same at the same time get the same. */
	const making = new WeakMap<Job, Promise<MadeFile>>();

	return {
		prepare({ id: imageId }, options) {
			const written = formatOptions(options);
			const decided = JSON.stringify([VERSION, imageId, ...DECODING_KEYS.map((key) => written[key])]);
			const id = createHash("sha256").update(decided).digest("hex").slice(0, ID_LENGTH);
			const { bands, maxPixels, nodata, page, stretch } = options;
			// The others need not be right for the model that is there.
			return { id, imageId, options: { bands, maxPixels, nodata, page, stretch } };
		},
		async decode({ id, imageId, options }, signal) {
			let give = (_made: MadeFile): void => {};
			const own = new Promise<MadeFile>((resolve) => {
				give = resolve;
			});
			const job = jobs.start(
				`${id}/pixels`,
				async (cancelled, tell) => {
					const decoded = await work({ imageId }, { signal: cancelled, tell }, (segmenter, bytes, call) =>
						segmenter.decode(bytes, { ...options, ...call }),
					);
					give(packPixels(decoded));
				},
				false,
				true,
			);
			const made = making.get(job) ?? own;
			if (made === own) {
				making.set(job, own);
				// Jobs are remembered for long.
				void job.ended.then(() => making.delete(job));
			}
			await jobs.wait(job, signal);
			return made;
		},
	};
}

function packPixels({ image, valid, name: _, path: __, sha256: ___, ...known }: DecodedImage): MadeFile {
	const { data, width, height } = image;
	const content = valid === undefined ? data : Buffer.concat([data, valid]);
	return { content, facts: { width, height, hasValid: valid !== undefined, ...known } satisfies PixelFacts };
}
