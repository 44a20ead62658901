import type { TemporaryFiles } from "@dinoseg/node/files";
import type { Segmenter, SegmenterOptions } from "@dinoseg/node/segmenter";
import type { ProgressStream } from "../progress/progress.ts";

/** Standard input, as far as a command reads it. */
export interface InputStream extends AsyncIterable<Uint8Array> {
	readonly isTTY?: boolean | undefined;
}

/** What a command takes from its surroundings; nothing in a command reads globals. */
export interface CommandContext {
	readonly stdin: InputStream;
	readonly stdout: ProgressStream;
	readonly stderr: ProgressStream;
	readonly cwd: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Milliseconds, monotonic. */
	readonly now: () => number;
	/**
	 * Wait some milliseconds. False if the command is to end then, though its work has no end of its own; and at once when the
	 * signal aborts.
	 */
	pause(milliseconds: number, signal?: AbortSignal): Promise<boolean>;
	/** As `createSegmenter`. */
	openSegmenter(options: SegmenterOptions): Promise<Segmenter>;
	/** Half-written files, removed when the run is interrupted. */
	readonly temporaryFiles: TemporaryFiles;
	/**
	 * Wait until a signal asks the command to end. It ends by itself then; a second signal ends it at once, as the first one
	 * does where nobody waits.
	 */
	untilStopped(): Promise<void>;
	/** End the process at once, whatever still computes. */
	abandon(): void;
	/** Have something done when a signal ends the process; it must not wait. What is returned takes that back. */
	onInterrupt(work: () => void): () => void;
}

/** Exit codes of every command. `quarantined`: all is done but what can never be, so to run again would change nothing. */
export const EXIT = { done: 0, failed: 1, usage: 2, quarantined: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
