/** A signal that fires with another one, or when it is too late. */
export interface Deadline {
	readonly signal: AbortSignal;
	/** Whether the time is over, and was what fired the signal. */
	readonly isOver: boolean;
	/** Nothing more is waited for. It must be called, for the other signal may live long. */
	clear(): void;
}

/**
 * Begin to wait. Not by `AbortSignal.timeout` and `any`: what these hold stays until the time is over, whether anybody waits
 * or not.
 *
 * @param other fires the signal too. Default: only time does.
 */
export function startDeadline(milliseconds: number, other?: AbortSignal): Deadline {
	const controller = new AbortController();
	let isOver = false;
	const timer = setTimeout(() => {
		isOver = !controller.signal.aborted;
		controller.abort();
	}, milliseconds);
	const follow = (): void => controller.abort(other?.reason);
	other?.addEventListener("abort", follow, { once: true });
	if (other?.aborted) {
		follow();
	}
	return {
		signal: controller.signal,
		get isOver() {
			return isOver;
		},
		clear() {
			clearTimeout(timer);
			other?.removeEventListener("abort", follow);
		},
	};
}
