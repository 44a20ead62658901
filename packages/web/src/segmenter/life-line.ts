/*
 * How a page learns that its worker has ended: browsers tell it of errors alone. The worker holds a lock as long as it
 * lives, and the page waits for that lock. Source: https://w3c.github.io/web-locks/#agent-integration
 */

/** Hold a lock for the life of this worker. Resolves once it is held, or where there are none: pages that were not loaded securely, or may store nothing. */
export function holdLifeLine(name: string): Promise<void> {
	const { locks } = navigator as { readonly locks?: LockManager };
	if (locks === undefined) {
		return Promise.resolve();
	}
	return new Promise((resolve) => {
		locks
			.request(name, () => {
				resolve();
				return new Promise(() => undefined);
			})
			// Where a page may store nothing, it may hold no locks either.
			.catch(() => resolve());
	});
}

/** Resolves when the worker that holds a lock has ended; never where there are no locks. */
export async function lifeLineEnd(name: string, signal: AbortSignal): Promise<void> {
	const { locks } = navigator as { readonly locks?: LockManager };
	await (locks?.request(name, { signal }, () => undefined) ?? new Promise(() => undefined));
}

let lines = 0;

/** A name that no other page or worker has. */
export function nameLifeLine(): string {
	lines++;
	return `dinoseg ${performance.timeOrigin} ${crypto.getRandomValues(new Uint32Array(2)).join(" ")} ${lines}`;
}
