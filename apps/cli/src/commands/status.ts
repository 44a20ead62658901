import { Command } from "commander";
import { jsonFlag } from "../flags/run-flags.ts";
import type { StatusFlags } from "../runs/status.ts";
import type { CommandContext, ExitCode } from "./context.ts";

/** `dinoseg status`: how far a batch is. */
export function statusCommand(context: CommandContext, setExitCode: (code: ExitCode) => void): Command {
	return new Command("status")
		.description("Tell how far a batch is, and which shards are missing")
		.argument("<output>", "output folder of dinoseg batch")
		.option("--missing", "print the shards to submit again, as the scheduler counts them: --array=3,17,40-44")
		.addOption(jsonFlag("print one JSON document to stdout"))
		.action(async (output: string, given: StatusFlags) => {
			const { tellStatus } = await import("../runs/status.ts");
			setExitCode(await tellStatus(context, output, given));
		});
}
