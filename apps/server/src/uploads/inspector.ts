import { DinosegError, errorFromJson } from "@dinoseg/core/errors";
import type { ImageHeader } from "@dinoseg/node";
import { Piscina } from "piscina";
import { startDeadline } from "../deadline.ts";
import type { Inspected, Inspection } from "./inspect-thread.ts";

/** Reads headers of images in a thread of its own. */
export interface Inspector {
	/** @throws DinosegError as `inspectImage`; IMAGE_CORRUPT if it takes too long */
	inspect(path: string, maxPixels: number): Promise<ImageHeader>;
	close(): Promise<void>;
}

/** A header takes milliseconds; what takes so long was made to. */
const LIMIT_MS = 10_000;
/** Images that wait for it. */
const MOST_WAITING = 1024;

export function createInspector(): Inspector {
	const pool = new Piscina<Inspection, Inspected>({
		filename: new URL("./inspect-thread.js", import.meta.url).href,
		minThreads: 1,
		maxThreads: 1,
		maxQueue: MOST_WAITING,
		// It waits for files and for the image library.
		concurrentTasksPerWorker: 4,
	});
	return {
		async inspect(path, maxPixels) {
			const deadline = startDeadline(LIMIT_MS);
			const inspected = await pool
				.run({ path, maxPixels }, { signal: deadline.signal })
				.catch((cause: unknown) => {
					throw deadline.isOver ? tooSlow(cause) : cause;
				})
				.finally(deadline.clear);
			if ("error" in inspected) {
				throw errorFromJson(inspected.error);
			}
			return inspected.header;
		},
		close: () => pool.destroy(),
	};
}

function tooSlow(cause: unknown): DinosegError {
	return new DinosegError(
		"IMAGE_CORRUPT",
		`The header of the image was not read after ${LIMIT_MS / 1000} s. Save it anew from an image program.`,
		{ cause },
	);
}
