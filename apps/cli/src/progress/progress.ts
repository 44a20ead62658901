import type { Stage, Warning } from "@dinoseg/core";
import type { DinosegError } from "@dinoseg/core/errors";

/** What a run over many pictures tells, in this order per picture: start, stages and warnings, done or failed. */
export type ProgressEvent =
	/** Null where it is not known how many images there will be. */
	| { readonly type: "run-start"; readonly total: number | null }
	| { readonly type: "image-start"; readonly input: string }
	| { readonly type: "image-stage"; readonly input: string; readonly stage: Stage }
	| { readonly type: "warning"; readonly input: string; readonly warning: Warning }
	/** Without a summary the picture is counted, and gets no line. */
	| { readonly type: "image-done"; readonly input: string; readonly summary: string | null }
	| { readonly type: "image-failed"; readonly input: string; readonly error: DinosegError }
	/** What is to be known of the whole run. */
	| { readonly type: "note"; readonly text: string }
	| { readonly type: "run-end"; readonly summary: string };

export type ProgressListener = (event: ProgressEvent) => void;

/** Where lines and, of stdout, the bytes of results go: a terminal or a pipe. */
export interface ProgressStream {
	readonly isTTY?: boolean | undefined;
	readonly columns?: number | undefined;
	write(data: string | Uint8Array): unknown;
}

/** How far a run is. */
export interface RunState {
	readonly total: number;
	/** Pictures done or failed. */
	readonly finished: number;
	/** Milliseconds since the run began. */
	readonly elapsedMs: number;
}

/** `1.8 images/s, 9 s left`; empty until the first picture is finished. */
export function describeRate(state: RunState): string {
	if (state.finished === 0 || state.elapsedMs <= 0) {
		return "";
	}
	const perSecond = (state.finished / state.elapsedMs) * 1000;
	const rate = perSecond >= 1 ? `${perSecond.toFixed(1)} images/s` : `${(1 / perSecond).toFixed(1)} s/image`;
	const left = state.total - state.finished;
	return left === 0 ? rate : `${rate}, ${describeDuration((left / perSecond) * 1000)} left`;
}

/** `0.8 s`, `42 s`, `3 min 20 s`, `2 h 5 min`. */
export function describeDuration(milliseconds: number): string {
	const seconds = milliseconds / 1000;
	if (seconds < 10) {
		return `${seconds.toFixed(1)} s`;
	}
	const whole = Math.round(seconds);
	if (whole < 60) {
		return `${whole} s`;
	}
	return whole < 3600
		? `${Math.floor(whole / 60)} min ${whole % 60} s`
		: `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
