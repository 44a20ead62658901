import { styleText } from "node:util";
import cliTruncate from "cli-truncate";
import { shellMessage } from "../flags/shell-message.ts";
import { printable } from "./printable.ts";
import { describeRate, type ProgressEvent, type ProgressListener, type ProgressStream } from "./progress.ts";

export interface RendererOptions {
	readonly stream: ProgressStream;
	/** Milliseconds, monotonic. */
	readonly now: () => number;
	/** Only failures are told. */
	readonly quiet: boolean;
	/** Set by NO_COLOR and for streams that are no terminal. */
	readonly color: boolean;
}

const CLEAR_LINE = "\r\u001b[K";

/** One status line that is rewritten on a terminal, plain lines anywhere else. */
export function createProgressRenderer(options: RendererOptions): ProgressListener {
	const { stream, now, quiet } = options;
	const isLive = stream.isTTY === true && !quiet;
	let total: number | null = 0;
	let finished = 0;
	let startedAt = 0;
	let isLineLive = false;

	const clearLive = () => {
		if (isLineLive) {
			stream.write(CLEAR_LINE);
			isLineLive = false;
		}
	};
	const line = (text: string) => {
		clearLive();
		stream.write(`${text}\n`);
	};
	const live = (text: string) => {
		if (isLive) {
			const room = Math.max(20, (stream.columns || 80) - 1);
			stream.write(`${CLEAR_LINE}${cliTruncate(text, room)}`);
			isLineLive = true;
		}
	};
	const paint = (format: "red" | "yellow" | "dim", text: string) => (options.color ? styleText(format, text) : text);
	const rate = () => (total === null ? "" : describeRate({ total, finished, elapsedMs: now() - startedAt }));
	/** Which of how many, where that is known, and the image's name. */
	const title = (index: number, input: string) =>
		total === null
			? printable(input)
			: `[${String(index).padStart(String(total).length)}/${total}] ${printable(input)}`;

	return (event: ProgressEvent) => {
		switch (event.type) {
			case "run-start":
				total = event.total;
				startedAt = now();
				return;
			case "image-start":
				live(joinParts(title(finished + 1, event.input), rate()));
				return;
			case "image-stage":
				live(joinParts(title(finished + 1, event.input), event.stage, rate()));
				return;
			case "warning":
				if (!quiet) {
					line(`${paint("yellow", "warning")} ${printable(event.input)}: ${printable(event.warning.message)}`);
				}
				return;
			case "image-done":
				finished += 1;
				if (!quiet && event.summary !== null) {
					const left = total !== null && total > 1 ? paint("dim", `  (${rate()})`) : "";
					line(`${title(finished, event.input)} → ${printable(event.summary)}${left}`);
				}
				return;
			case "image-failed":
				finished += 1;
				line(`${paint("red", "error")} ${printable(shellMessage(event.error))}`);
				return;
			case "note":
				if (!quiet) {
					line(printable(event.text));
				}
				return;
			case "run-end":
				clearLive();
				if (!quiet && (total === null || total > 1)) {
					line(event.summary);
				}
				return;
			default:
				event satisfies never;
		}
	};
}

function joinParts(...parts: readonly string[]): string {
	return parts.filter((part) => part !== "").join(" · ");
}
