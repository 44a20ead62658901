import { DinosegError } from "@dinoseg/core/errors";
import { Option } from "commander";
import type { CommandContext } from "../commands/context.ts";
import { nonEmpty } from "./run-flags.ts";

/** Names the queue where no flag does: a password in it is seen by nobody then. */
export const QUEUE_VARIABLE = "DINOSEG_QUEUE";

export const queueFlag = (description: string): Option =>
	new Option("--queue <url>", `${description}: redis://host:port [default: ${QUEUE_VARIABLE}]`).argParser(nonEmpty);

/** The queue that a flag or the environment names. */
export function givenQueue(
	{ env }: Pick<CommandContext, "env">,
	{ queue }: { readonly queue?: string },
): string | undefined {
	return queue ?? (env[QUEUE_VARIABLE] || undefined);
}

/**
 * As `givenQueue`.
 *
 * @param what is to be done where there is none: a sentence without its end.
 * @throws DinosegError OPTION_INVALID if there is none
 */
export function neededQueue(
	context: Pick<CommandContext, "env">,
	flags: { readonly queue?: string },
	what = "Name a queue",
): string {
	const queue = givenQueue(context, flags);
	if (queue === undefined) {
		throw new DinosegError(
			"OPTION_INVALID",
			`No queue is named. ${what}: --queue redis://host:port, or ${QUEUE_VARIABLE}.`,
		);
	}
	return queue;
}
