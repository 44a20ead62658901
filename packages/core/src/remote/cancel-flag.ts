import type { CancelSignal } from "../engine/index.ts";

/**
 * A signal that another thread can fire while this one computes: its flag is seen at once, its listeners hear of it when
 * the message of the other thread arrives.
 */
export interface FlaggedSignal extends CancelSignal {
	/** Tell the listeners. */
	fire(): void;
}

/** @param flag one int32, not 0 once the signal has fired. @default the message alone fires it */
export function flaggedSignal(flag: SharedArrayBuffer | undefined): FlaggedSignal {
	const state = flag && new Int32Array(flag);
	const listeners = new Set<() => void>();
	let isFired = false;
	return {
		get aborted() {
			return isFired || (state !== undefined && Atomics.load(state, 0) !== 0);
		},
		addEventListener: (_type, listener) => void listeners.add(listener),
		removeEventListener: (_type, listener) => void listeners.delete(listener),
		fire() {
			isFired = true;
			for (const listener of [...listeners]) {
				listener();
			}
			listeners.clear();
		},
	};
}
