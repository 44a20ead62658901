/** A signal that aborts when one of several does, until it is disposed of. */
export interface JoinedSignal extends Disposable {
	readonly signal: AbortSignal;
}

/**
 * Join signals for a while. In place of `AbortSignal.any`, whose signals some releases of Node keep for as long as the process
 * lives: https://github.com/nodejs/node/issues/64476.
 */
export function joinSignals(signals: readonly AbortSignal[]): JoinedSignal {
	const joined = new AbortController();
	const abort = (): void => joined.abort();
	for (const signal of signals) {
		signal.addEventListener("abort", abort, { once: true });
	}
	if (signals.some(({ aborted }) => aborted)) {
		abort();
	}
	return {
		signal: joined.signal,
		[Symbol.dispose]() {
			for (const signal of signals) {
				signal.removeEventListener("abort", abort);
			}
		},
	};
}
