/** A signal that aborts some time after another one did, or after now where that one has. Milliseconds. */
export function laterThan(signal: AbortSignal, milliseconds: number): { readonly signal: AbortSignal } & Disposable {
	const late = new AbortController();
	let timer: NodeJS.Timeout | undefined;
	const start = () => {
		// An answer that came while this thread was busy is read before.
		timer = setTimeout(() => setImmediate(() => late.abort()), milliseconds);
	};
	if (signal.aborted) {
		start();
	} else {
		signal.addEventListener("abort", start, { once: true });
	}
	return {
		signal: late.signal,
		[Symbol.dispose]() {
			signal.removeEventListener("abort", start);
			clearTimeout(timer);
		},
	};
}
