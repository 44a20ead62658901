import { availableParallelism } from "node:os";

/** How to work through several images. */
export interface ThroughputPlan {
	/** Images in work at the same time: so many decoded pictures are held at once. */
	readonly imagesInFlight: number;
	/** Network sessions for them; the cores are shared out among these. */
	readonly sessions: number;
}

/** Images in work unless a caller says otherwise: more gain nothing, because one thread does the clustering of all. */
const DEFAULT_IN_FLIGHT = 4;

/**
 * One image gets one session with all cores: the shortest time for it. Several get a session each, as far as there are
 * cores: sessions do not wait for each other's threads, so a core does more of them (docs/adr/0006-sessions.md).
 *
 * @param images      how many there are.
 * @param concurrency images in work at the same time. Default: the cores, at most 4.
 */
export function planThroughput(
	images: number,
	concurrency: number | undefined,
	cores: number = availableParallelism(),
): ThroughputPlan {
	const imagesInFlight = Math.max(1, Math.min(images, concurrency ?? Math.min(cores, DEFAULT_IN_FLIGHT)));
	return { imagesInFlight, sessions: Math.min(imagesInFlight, cores) };
}
