import { type AbortState, throwIfAborted } from "../abort.ts";
import type { SegmentationListener, Stage, Warning } from "../events.ts";

/** What the pipeline takes from its surroundings. */
export interface RunContext {
	/** A monotonic clock, milliseconds. */
	now(): number;
	/** Let waiting events in between two stages, so that a cancel is seen. */
	yield(): Promise<void>;
	readonly onEvent?: SegmentationListener | undefined;
	readonly signal?: AbortState | undefined;
}

/** Runs the stages of one picture: checks for a cancel, tells the listener, and keeps times and warnings. */
export interface StageRecorder {
	readonly warnings: readonly Warning[];
	/** Milliseconds of each stage that ran. */
	readonly timings: Readonly<Partial<Record<Stage, number>>>;
	/**
	 * Run one stage.
	 *
	 * @param work may say how many milliseconds of it were no part of the stage.
	 * @throws DinosegError ABORTED if the signal has fired, else what `work` throws.
	 */
	run<T>(stage: Stage, work: (pause: (milliseconds: number) => void) => T | Promise<T>): Promise<T>;
	/** Tell how far the running stage is: `done` steps of `total`. */
	progress(stage: Stage, done: number, total: number): void;
	/** Tell that a stage need not run: its result was at hand. */
	skip(stage: Stage): void;
	warn(warning: Warning): void;
}

/** A recorder for one picture. */
export function createStageRecorder(context: RunContext): StageRecorder {
	const warnings: Warning[] = [];
	const timings: Partial<Record<Stage, number>> = {};
	const emit = context.onEvent ?? (() => {});
	return {
		warnings,
		timings,
		async run(stage, work) {
			await context.yield();
			throwIfAborted(context.signal);
			emit({ type: "stage-start", stage });
			const start = context.now();
			let paused = 0;
			const value = await work((milliseconds) => {
				paused += milliseconds;
			});
			const milliseconds = Math.max(0, context.now() - start - paused);
			timings[stage] = (timings[stage] ?? 0) + milliseconds;
			emit({ type: "stage-end", stage, milliseconds });
			return value;
		},
		progress(stage, done, total) {
			emit({ type: "progress", stage, done, total });
		},
		skip(stage) {
			timings[stage] = 0;
			emit({ type: "stage-start", stage });
			emit({ type: "stage-end", stage, milliseconds: 0, cached: true });
		},
		warn(warning) {
			warnings.push(warning);
			emit({ type: "warning", warning });
		},
	};
}
