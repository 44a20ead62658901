import type { JobQueue } from "./queue.ts";
import type { RedisQueueOptions } from "./redis-queue.ts";

/**
 * How long a worker may give no sign of life before its jobs are given to another, milliseconds. Long enough for a process
 * that is stopped, or whose machine swaps: to give a job away costs its work, to wait costs nobody anything.
 */
export const DEFAULT_LEASE_MS = 300_000;

/**
 * Open a queue that other machines see, by its address.
 *
 * @param url `redis://` or `rediss://`.
 * @throws DinosegError OPTION_INVALID, QUEUE_UNREACHABLE, QUEUE_REFUSED
 */
export async function openQueue(url: string, options: RedisQueueOptions = {}): Promise<JobQueue> {
	const { openRedisQueue } = await import("./redis-queue.ts");
	return openRedisQueue(url, options);
}
