/** The outcome of a promise, or nothing once one of the signals aborts. What comes of the promise then is nobody's. */
export async function untilAborted<T>(
	promise: Promise<T>,
	signals: readonly AbortSignal[],
): Promise<{ readonly value: T } | undefined> {
	let leave = () => {};
	const aborted = new Promise<undefined>((resolve) => {
		leave = () => resolve(undefined);
	});
	for (const signal of signals) {
		signal.addEventListener("abort", leave);
	}
	try {
		return signals.some((signal) => signal.aborted)
			? undefined
			: await Promise.race([promise.then((value) => ({ value })), aborted]);
	} finally {
		for (const signal of signals) {
			signal.removeEventListener("abort", leave);
		}
	}
}
