import type { CancelSignal } from "@dinoseg/core/engine";

/**
 * A signal that another thread can fire while this one computes: its flag is seen at once, its listeners hear of it when
 * the message of the other thread arrives.
 */
export interface FlaggedSignal extends CancelSignal {
	/** Tell the listeners. */
	fire(): void;
}

/** @param flag one int32, not 0 once the signal has fired. */
export function flaggedSignal(flag: SharedArrayBuffer): FlaggedSignal {
	const state = new Int32Array(flag);
	const controller = new AbortController();
	const { signal } = controller;
	return {
		get aborted() {
			return Atomics.load(state, 0) !== 0;
		},
		addEventListener: (type, listener, options) => signal.addEventListener(type, listener, options),
		removeEventListener: (type, listener) => signal.removeEventListener(type, listener),
		fire: () => controller.abort(),
	};
}
