import type { SegmentationEvent } from "@dinoseg/core";
import { DinosegError } from "@dinoseg/core/errors";
import type { Segmenter } from "@dinoseg/node/segmenter";
import { startDeadline } from "../deadline.ts";
import type { ImageStore } from "../store/images.ts";
import type { JobTeller } from "./jobs.ts";
import type { Need, Workers } from "./workers.ts";

/** How a job is cancelled and followed. */
export interface Run {
	readonly signal: AbortSignal;
	readonly tell: JobTeller;
}

/** How a call of a segmenter is cancelled and followed. */
export interface CallFollowing {
	readonly signal: AbortSignal;
	onEvent(event: SegmentationEvent): void;
}

/**
 * Lets a worker make something of an image that is kept, for as long as a job may take.
 *
 * @throws DinosegError RESOURCE_UNKNOWN, JOB_TOO_LONG, ABORTED; of the worker and of `make`
 */
export type ImageWork = <T>(
	need: Need,
	run: Run,
	make: (segmenter: Segmenter, bytes: Uint8Array, call: CallFollowing) => Promise<T>,
) => Promise<T>;

export interface ImageWorkOptions {
	readonly images: ImageStore;
	readonly workers: Workers;
	/** After which a job is cancelled, milliseconds. */
	readonly jobMs: number;
	/** Told what every call tells. */
	onEvent(event: SegmentationEvent): void;
}

export function createImageWork({ images, workers, jobMs, onEvent }: ImageWorkOptions): ImageWork {
	return async (need, { signal, tell }, make) => {
		const release = images.hold(need.imageId);
		try {
			return await workers.run(need, signal, async (segmenter) => {
				tell({ type: "begin" });
				const deadline = startDeadline(jobMs, signal);
				const listen = (event: SegmentationEvent): void => {
					tell(event);
					onEvent(event);
				};
				try {
					const bytes = await images.read(need.imageId);
					return await make(segmenter, bytes, { signal: deadline.signal, onEvent: listen });
				} catch (error) {
					throw deadline.isOver ? takesTooLong(jobMs) : error;
				} finally {
					deadline.clear();
				}
			});
		} finally {
			release();
		}
	};
}

function takesTooLong(jobMs: number): DinosegError {
	return new DinosegError(
		"JOB_TOO_LONG",
		`The segmentation was not done after ${jobMs / 1000} s, and was cancelled. Ask for less: a smaller image, fewer tokens or clusters.`,
		{ details: { limitSeconds: jobMs / 1000 } },
	);
}
