import { DinosegError } from "@dinoseg/core/errors";

/** Tabs and workers of an origin share these. */
const lockName = (repo: string) => `dinoseg-model-${repo}`;

/**
 * Do something with a model that no two may do at once; wait for whoever is at it.
 *
 * @param onWaiting called if somebody is.
 */
export async function withModelLock<T>(
	repo: string,
	signal: AbortSignal | undefined,
	onWaiting: () => void,
	work: () => Promise<T>,
): Promise<T> {
	const done = await navigator.locks.request(lockName(repo), { ifAvailable: true }, async (lock) =>
		lock === null ? undefined : { value: await work() },
	);
	if (done !== undefined) {
		return done.value;
	}
	onWaiting();
	return navigator.locks.request(lockName(repo), signal === undefined ? {} : { signal }, work);
}

/**
 * Do something with a model unless it is being downloaded.
 *
 * @throws DinosegError CACHE_UNWRITABLE
 */
export async function withIdleModel<T>(repo: string, work: () => Promise<T>): Promise<T> {
	return navigator.locks.request(lockName(repo), { ifAvailable: true }, (lock) => {
		if (lock === null) {
			throw new DinosegError(
				"CACHE_UNWRITABLE",
				`${repo}: is being downloaded, here or in another tab. Cancel that first.`,
				{ details: { model: repo } },
			);
		}
		return work();
	});
}
