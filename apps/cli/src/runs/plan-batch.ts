import { planThroughput } from "@dinoseg/node/segmenter";

/** Images in work beside those whose network runs: decoded already, or being written. */
const WAITING = 2;

/**
 * How many images of a batch, and how many networks, are in work at the same time.
 *
 * @param concurrency images, where the user says it.
 */
export function planBatch(concurrency: number | undefined): { readonly limit: number; readonly sessions: number } {
	const { imagesInFlight, sessions } = planThroughput(Number.POSITIVE_INFINITY, concurrency);
	return { limit: concurrency ?? imagesInFlight + WAITING, sessions };
}
