import type { DinosegError } from "@dinoseg/core/errors";
import cliTruncate from "cli-truncate";
import type { CommandContext } from "../commands/context.ts";
import { shellMessage } from "../flags/shell-message.ts";
import { printable } from "./printable.ts";
import { describeRate } from "./progress.ts";

/** How far a batch is. */
export interface BatchState {
	/** Images that were segmented in this run. */
	readonly done: number;
	/** Images that were done before. */
	readonly present: number;
	readonly failed: number;
	/** Nothing while they are being counted. */
	readonly total: number | undefined;
}

/** Tells of a batch on stderr: one line that is rewritten on a terminal, elsewhere a line from time to time. */
export interface BatchProgress {
	/** Tell how far it is, and what is in work. */
	update(state: BatchState, input?: string): void;
	failed(error: DinosegError): void;
	note(text: string): void;
	/** Take the line that is rewritten away. */
	end(): void;
}

/** Between two lines in a log. */
const LOG_INTERVAL_MS = 30_000;
/** Between two looks of the line on a terminal: of what was done before there are very many. */
const LIVE_INTERVAL_MS = 50;
const CLEAR_LINE = "\r\u001b[K";

/** @param quiet only failures are told. */
export function createBatchProgress({ stderr, now }: CommandContext, quiet: boolean): BatchProgress {
	const isLive = stderr.isTTY === true && !quiet;
	const start = now();
	let lastLine = start;
	let isShown = false;
	const clear = () => {
		if (isShown) {
			stderr.write(CLEAR_LINE);
			isShown = false;
		}
	};
	const line = (text: string) => {
		clear();
		stderr.write(`${printable(text)}\n`);
	};
	return {
		update(state, input) {
			const time = now();
			if (quiet || time - lastLine < (isLive ? LIVE_INTERVAL_MS : LOG_INTERVAL_MS)) {
				return;
			}
			lastLine = time;
			const text = describeBatch(state, time - start);
			if (isLive) {
				const room = Math.max(20, (stderr.columns || 80) - 1);
				stderr.write(`${CLEAR_LINE}${cliTruncate(input === undefined ? text : `${text} · ${printable(input)}`, room)}`);
				isShown = true;
			} else {
				line(text);
			}
		},
		failed: (error) => line(`error ${shellMessage(error)}`),
		note(text) {
			if (!quiet) {
				line(text);
			}
		},
		end: clear,
	};
}

/** `120 of 5000 images, 2 failed, 1.8 images/s, 45 min left`. */
function describeBatch({ done, present, failed, total }: BatchState, elapsedMs: number): string {
	const finished = done + failed;
	const all = finished + present;
	const left = total === undefined ? finished : total - present;
	const parts = [
		total === undefined ? `${all} images` : `${all} of ${total} images`,
		failed > 0 ? `${failed} failed` : "",
		describeRate({ total: left, finished, elapsedMs }),
	];
	return parts.filter((part) => part !== "").join(", ");
}
