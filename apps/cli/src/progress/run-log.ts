import type { DinosegError } from "@dinoseg/core/errors";
import type { CommandContext } from "../commands/context.ts";
import { shellMessage } from "../flags/shell-message.ts";
import type { ProgressEvent, ProgressListener } from "./progress.ts";
import { createProgressRenderer } from "./renderers.ts";

/** What a run works on: a file, or a page of it. */
export interface RunInput {
	readonly input: string;
	/** 1-based. @default not a page that was asked for */
	readonly page?: number;
}

/** How an input is called in lines. */
export function inputLabel({ input, page }: RunInput): string {
	return page === undefined ? input : `${input}, page ${page}`;
}

/** One input in the document that `--json` prints. */
export interface InputOutcome extends RunInput {
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
	done(input: string | RunInput, output: string): void;
	/** Keep that the result was there already. */
	present(input: string | RunInput, output: string): void;
	/** Tell a failure and keep it. */
	failed(input: string | RunInput, error: DinosegError): void;
	/** Drop what was kept of an input that is done anew. */
	forget(input: string): void;
	failures(): number;
	/** Results that were made. */
	dones(): number;
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
	finish(order?: readonly (string | RunInput)[], facts?: Readonly<Record<string, unknown>>): void;
}

export function createRunLog(context: CommandContext, flags: LogFlags): RunLog {
	const { stderr, env } = context;
	let results: InputOutcome[] = [];
	let dones = 0;
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
			dones += 1;
			// Of very many inputs, only what will be told is kept.
			if (flags.json) {
				results.push({ ...runInput(input), output, status: "done" });
			}
		},
		present(input, output) {
			presents += 1;
			if (flags.json) {
				results.push({ ...runInput(input), output, status: "present" });
			}
		},
		failed(input, error) {
			results.push({
				...runInput(input),
				output: null,
				status: "failed",
				error: { code: error.code, message: shellMessage(error) },
			});
			tell({ type: "image-failed", input: inputLabel(runInput(input)), error });
		},
		forget(input) {
			results = results.filter((result) => result.input !== input);
		},
		failures: () => failedInputs().length,
		dones: () => dones,
		presents: () => presents,
		failedInputs,
		finish(order, facts) {
			if (flags.json) {
				const place = new Map(order?.map((input, index) => [inputLabel(runInput(input)), index]));
				results.sort((a, b) => (place.get(inputLabel(a)) ?? 0) - (place.get(inputLabel(b)) ?? 0));
				context.stdout.write(`${JSON.stringify({ results, ...facts }, null, "\t")}\n`);
			}
		},
	};
}

function runInput(input: string | RunInput): RunInput {
	if (typeof input === "string") {
		return { input };
	}
	return input.page === undefined ? { input: input.input } : { input: input.input, page: input.page };
}
