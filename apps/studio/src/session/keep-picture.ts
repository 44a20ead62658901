import type { Keep, KeptState } from "../storage/keep.ts";

/** Keeps a picture as it changes. */
export interface PictureKeeper {
	/** It has changed: keep it in a moment. */
	soon(): void;
	/** Keep it now, if it has changed. */
	flush(): Promise<void>;
	/** Whether the last attempt succeeded: the browser may have no room. */
	readonly isKept: boolean;
	/** Keep it no more. */
	stop(): void;
}

/** Milliseconds without a change after which a picture is kept, and most of them that it waits. */
const QUIET_MS = 600;
const LONGEST_MS = 3000;

/**
 * Keep a picture soon after each change.
 *
 * @param read    tells how it is left; undefined while that is no time for it, such as in a stroke: then it is asked again.
 * @param keep    looked up each time: storage may open later than pictures.
 */
export function createKeeper(
	id: string,
	keep: () => Keep | undefined,
	read: () => KeptState | undefined,
): PictureKeeper {
	let timer: ReturnType<typeof setTimeout> | undefined;
	let changedAt: number | undefined;
	let isKept = true;
	let isStopped = false;

	const wait = (): void => {
		clearTimeout(timer);
		const waited = Date.now() - (changedAt ?? Date.now());
		timer = setTimeout(() => void flush(), Math.max(0, Math.min(QUIET_MS, LONGEST_MS - waited)));
	};

	const flush = async (): Promise<void> => {
		clearTimeout(timer);
		if (isStopped || changedAt === undefined) {
			return;
		}
		const state = read();
		if (state === undefined) {
			changedAt = Date.now();
			wait();
			return;
		}
		changedAt = undefined;
		try {
			await keep()?.setState(id, state);
			isKept = true;
		} catch {
			isKept = false;
		}
	};

	return {
		get isKept() {
			return isKept;
		},
		soon() {
			changedAt ??= Date.now();
			wait();
		},
		flush,
		stop() {
			isStopped = true;
			clearTimeout(timer);
		},
	};
}
