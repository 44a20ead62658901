import type { DinosegError } from "@dinoseg/core/errors";
import type { CommandContext } from "../commands/context.ts";
import { shellMessage } from "../flags/flag-name.ts";
import type { ProgressEvent, ProgressListener } from "./progress.ts";
import { createProgressRenderer } from "./renderers.ts";

/** One input in the document that `--json` prints. */
export interface InputOutcome {
	readonly input: string;
	/** The result's folder or file; null when there is none. */
	readonly output: string | null;
	/** Present: the result was there already, made from the same bytes in the same way. */
	readonly status: "done" | "present" | "failed";
	readonly error?: { readonly code: string; readonly message: string };
}

/** The flags that decide what is told, and where. */
export interface LogFlags {
	readonly json?: boolean;
	readonly quiet?: boolean;
}

/** Tells progress on stderr and keeps what `--json` prints at the end. */
export interface RunLog {
	readonly tell: ProgressListener;
	done(input: string, output: string): void;
	/** Keep that the result was there already. */
	present(input: string, output: string): void;
	/** Tell a failure and keep it. */
	failed(input: string, error: DinosegError): void;
	failures(): number;
	/** Results that were there already. */
	presents(): number;
	/** The inputs that failed, in the order in which they were reported. */
	failedInputs(): readonly InputOutcome[];
	/**
	 * Print the document, if it was asked for.
	 *
	 * @param order the inputs in the order of the document. Default: that in which they were reported.
	 * @param facts what else the document says of the run. Default: nothing.
	 */
	finish(order?: readonly string[], facts?: Readonly<Record<string, unknown>>): void;
}

export function createRunLog(context: CommandContext, flags: LogFlags): RunLog {
	const { stderr, env } = context;
	const results: InputOutcome[] = [];
	let presents = 0;
	const failedInputs = () => results.filter((result) => result.status === "failed");
	const tell = createProgressRenderer({
		stream: stderr,
		now: context.now,
		quiet: flags.quiet === true,
		color: stderr.isTTY === true && !env["NO_COLOR"],
	});
	return {
		tell: (event: ProgressEvent) => tell(event),
		done(input, output) {
			// Of very many inputs, only what will be told is kept.
			if (flags.json) {
				results.push({ input, output, status: "done" });
			}
		},
		present(input, output) {
			presents += 1;
			if (flags.json) {
				results.push({ input, output, status: "present" });
			}
		},
		failed(input, error) {
			results.push({
				input,
				output: null,
				status: "failed",
				error: { code: error.code, message: shellMessage(error) },
			});
			tell({ type: "image-failed", input, error });
		},
		failures: () => failedInputs().length,
		presents: () => presents,
		failedInputs,
		finish(order, facts) {
			if (flags.json) {
				const place = new Map(order?.map((input, index) => [input, index]));
				results.sort((a, b) => (place.get(a.input) ?? 0) - (place.get(b.input) ?? 0));
				context.stdout.write(`${JSON.stringify({ results, ...facts }, null, "\t")}\n`);
			}
		},
	};
}
