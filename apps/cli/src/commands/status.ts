import { DinosegError } from "@dinoseg/core/errors";
import { Command } from "commander";
import { neededQueue, queueFlag } from "../flags/queue-flags.ts";
import { jsonFlag } from "../flags/run-flags.ts";
import type { StatusFlags } from "../runs/status.ts";
import type { CommandContext, ExitCode } from "./context.ts";

/** `dinoseg status`: how far a batch is. */
export function statusCommand(context: CommandContext, setExitCode: (code: ExitCode) => void): Command {
	return new Command("status")
		.description("Tell how far a batch is, and which shards are missing; or how far a queue is, and who works on it")
		.argument("[output]", "output folder of dinoseg batch")
		.option("--missing", "print the shards to submit again, as the scheduler counts them: --array=3,17,40-44")
		.addOption(queueFlag("a queue, in place of an output folder"))
		.addOption(jsonFlag("print one JSON document to stdout"))
		.action(async (output: string | undefined, given: StatusFlags & { readonly queue?: string }) => {
			if (output !== undefined && given.queue !== undefined) {
				throw new DinosegError("OPTION_INVALID", "Name either the output folder of a batch or a --queue, not both.");
			}
			if (output === undefined) {
				if (given.missing) {
					throw new DinosegError(
						"OPTION_INVALID",
						"--missing prints shards, and a queue has none. Leave it away, or name the output folder.",
					);
				}
				const url = neededQueue(context, given, "Name the output folder of a batch, or a queue");
				const { tellQueueStatus } = await import("../runs/queue-status.ts");
				setExitCode(await tellQueueStatus(context, url, given));
			} else {
				const { tellStatus } = await import("../runs/status.ts");
				setExitCode(await tellStatus(context, output, given));
			}
		});
}
