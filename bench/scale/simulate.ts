import type { Random } from "@dinoseg/core";

/** Machines, and what befalls them. */
export interface Cluster {
	readonly workers: number;
	/** How much the speeds of the workers differ: standard deviation of their logarithm. */
	readonly spread: number;
	/** The share of workers that are slow, and how many times as slow. */
	readonly slowShare: number;
	readonly slowness: number;
	/** Ends of a worker an hour, and seconds until it is there again. */
	readonly failuresAnHour: number;
	readonly restartSeconds: number;
}

/** How work is given to workers. */
export interface Division {
	/** Images of each piece that a worker takes at once, in the order in which they are given. */
	readonly pieces: readonly number[];
	/** Seconds from the end of a worker until another one takes over what it had. */
	readonly takeoverSeconds: number;
}

export interface Simulation {
	/** Seconds until every image is done. */
	readonly seconds: number;
	/** Seconds that machines of these speeds would take if nothing went wrong and nobody waited. */
	readonly leastSeconds: number;
	/** Images that were done, those twice that were in work when a worker ended. */
	readonly images: number;
	readonly failures: number;
}

/** What is left of a piece that a worker had when it ended. */
interface Left {
	readonly images: number;
	/** Nobody takes it before. */
	readonly at: number;
}

/**
 * Simulate a run: every worker takes a piece, does its images, and takes the next. A worker that ends leaves the images
 * that it had not done.
 *
 * @param imageSeconds of an image on a worker of usual speed; single images take from none to twice as long.
 */
export function simulate(cluster: Cluster, division: Division, imageSeconds: number, random: Random): Simulation {
	const { workers, failuresAnHour, restartSeconds } = cluster;
	const speeds = Float64Array.from({ length: workers }, () => speedOf(cluster, random));
	const lives = () =>
		failuresAnHour === 0 ? Number.POSITIVE_INFINITY : (-Math.log(1 - random.next()) * 3600) / failuresAnHour;
	const freeAt = new Float64Array(workers);
	const endsAt = Float64Array.from({ length: workers }, lives);
	const total = division.pieces.reduce((sum, images) => sum + images, 0);
	const left: Left[] = [];
	let next = 0;
	let [seconds, images, failures] = [0, 0, 0];

	const takePiece = (now: number): Left | undefined => {
		const at = left.findIndex((piece) => piece.at <= now);
		if (at >= 0) {
			return left.splice(at, 1)[0];
		}
		return next < division.pieces.length ? { images: division.pieces[next++], at: 0 } : undefined;
	};

	while (next < division.pieces.length || left.length > 0) {
		const worker = earliest(freeAt);
		const now = freeAt[worker];
		if (endsAt[worker] <= now) {
			// It ended while it had nothing to do.
			endsAt[worker] = now + lives();
		}
		const piece = takePiece(now);
		if (piece === undefined) {
			freeAt[worker] = Math.min(...left.map(({ at }) => at));
			continue;
		}
		const takes = (imageSeconds * sumOfTimes(piece.images, random)) / speeds[worker];
		if (now + takes <= endsAt[worker]) {
			freeAt[worker] = now + takes;
			seconds = Math.max(seconds, now + takes);
			images += piece.images;
			continue;
		}
		failures += 1;
		const end = endsAt[worker];
		const done = Math.floor((piece.images * (end - now)) / takes);
		images += done;
		left.push({ images: piece.images - done, at: end + division.takeoverSeconds });
		freeAt[worker] = end + restartSeconds;
		endsAt[worker] = freeAt[worker] + lives();
	}
	const speed = speeds.reduce((sum, each) => sum + each, 0);
	return { seconds, leastSeconds: (total * imageSeconds) / speed, images, failures };
}

function speedOf({ spread, slowShare, slowness }: Cluster, random: Random): number {
	const isSlow = random.next() < slowShare;
	return Math.exp(spread * normal(random)) / (isSlow ? slowness : 1);
}

/** The sum of n numbers that are even between 0 and 2. */
function sumOfTimes(count: number, random: Random): number {
	return Math.max(count + Math.sqrt(count / 3) * normal(random), 0.1 * count);
}

/** Source: Box and Muller 1958, doi:10.1214/aoms/1177706645. */
function normal(random: Random): number {
	return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

function earliest(times: Float64Array): number {
	let best = 0;
	for (let at = 1; at < times.length; at++) {
		if (times[at] < times[best]) {
			best = at;
		}
	}
	return best;
}
