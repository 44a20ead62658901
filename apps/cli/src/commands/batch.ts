import { Command } from "commander";
import { isBucketUri } from "../buckets/bucket-uri.ts";
import { type BatchFlags, batchFlags } from "../flags/batch-flags.ts";
import { flagsWithCodebook } from "../flags/codebook-flags.ts";
import { givenQueue } from "../flags/queue-flags.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { segmentFlags } from "./segment.ts";

/** `dinoseg batch`: very many images, in a run that goes on where it ended. */
export function batchCommand(context: CommandContext, setExitCode: (code: ExitCode) => void): Command {
	const command = new Command("batch")
		.description("Segment very many images; the same command goes on after anything")
		.argument("[inputs...]", "image files, folders (searched recursively) or quoted globs");
	for (const option of [...segmentFlags().filter(({ long }) => long !== "--sweep"), ...batchFlags()]) {
		command.addOption(option);
	}
	return command.action(async (inputs: string[], given: BatchFlags) => {
		const parsed = await flagsWithCodebook(context, command, given);
		const queue = givenQueue(context, given);
		if (queue !== undefined) {
			const { runQueuedBatch } = await import("../runs/batch-queue.ts");
			setExitCode(await runQueuedBatch(context, inputs, { ...given, queue }, parsed));
			return;
		}
		if (isBucketUri(given.output)) {
			const { runStoredBatch } = await import("../runs/batch-storage.ts");
			setExitCode(await runStoredBatch(context, inputs, given, parsed));
		} else {
			const { runBatchShard } = await import("../runs/batch.ts");
			setExitCode(await runBatchShard(context, inputs, given, parsed));
		}
	});
}
