import { Command } from "commander";
import { type BatchFlags, batchFlags } from "../flags/batch-flags.ts";
import { flagsWithCodebook } from "../flags/codebook-flags.ts";
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
		const { runBatchShard } = await import("../runs/batch.ts");
		setExitCode(await runBatchShard(context, inputs, given, await flagsWithCodebook(command, given)));
	});
}
