import { Command } from "commander";
import type { CommandContext, ExitCode } from "./context.ts";

/** `dinoseg merge`: one summary of all shards. */
export function mergeCommand(context: CommandContext, setExitCode: (code: ExitCode) => void): Command {
	return new Command("merge")
		.description("Write summary.csv and index.html of a batch from what its shards say")
		.argument("<output>", "output folder of dinoseg batch")
		.action(async (output: string) => {
			const { mergeBatch } = await import("../runs/status.ts");
			setExitCode(await mergeBatch(context, output));
		});
}
