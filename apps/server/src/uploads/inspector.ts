import { DinosegError, errorFromJson } from "@dinoseg/core/errors";
import type { ImageHeader } from "@dinoseg/node";
import { Piscina } from "piscina";
import { startDeadline } from "../deadline.ts";
import type { Inspected, Inspection } from "./inspect-thread.ts";

/** Reads headers of images in a thread of its own. */
export interface Inspector {
	/** @throws DinosegError as `inspectImage`; JOB_TOO_LONG, SERVICE_STOPPING */
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
		maxThreads: 2,
		maxQueue: MOST_WAITING,
	});
	let isClosed = false;
	return {
		async inspect(path, maxPixels) {
			const deadline = startDeadline(LIMIT_MS);
			const inspected = await pool
				.run({ path, maxPixels }, { signal: deadline.signal })
				.catch((cause: unknown) => {
					if (isClosed) {
						throw new DinosegError("SERVICE_STOPPING", "The service is about to end. Send the image again later.");
					}
					throw deadline.isOver ? tooSlow(cause) : cause;
				})
				.finally(deadline.clear);
			if ("error" in inspected) {
				throw errorFromJson(inspected.error);
			}
			return inspected.header;
		},
		async close() {
			isClosed = true;
			await pool.destroy();
		},
	};
}

function tooSlow(cause: unknown): DinosegError {
	return new DinosegError(
		"JOB_TOO_LONG",
		`The header of the image was not read after ${LIMIT_MS / 1000} s. Send it again, or save it anew from an image program.`,
		{ cause },
	);
}
