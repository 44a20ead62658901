import { Command } from "commander";
import { countFlag } from "../flags/count-flag.ts";
import { optionFlags } from "../flags/option-flags.ts";
import { presetFlag, readFlags } from "../flags/read-flags.ts";
import { jsonFlag, quietFlag } from "../flags/run-flags.ts";
import type { BenchFlags } from "../runs/bench.ts";
import type { CommandContext, ExitCode } from "./context.ts";

const RUNS = { default: 5, min: 1, max: 1000 } as const;

/** `dinoseg bench`: how long each stage of the job takes on this machine. */
export function benchCommand(context: CommandContext, setExitCode: (code: ExitCode) => void): Command {
	const command = new Command("bench")
		.description("Time every stage of the job on this machine; nothing is kept")
		.argument("<image>", "image file");
	const flags = [
		...optionFlags("pixels", "tokens", "clusters"),
		presetFlag(),
		countFlag("--runs <count>", `runs that are timed after a warm-up, ${RUNS.min} to ${RUNS.max}`, RUNS).default(
			RUNS.default,
		),
		jsonFlag("print one JSON document to stdout"),
		quietFlag(),
	];
	for (const option of flags) {
		command.addOption(option);
	}
	return command.action(async (input: string, given: BenchFlags) => {
		const { bench } = await import("../runs/bench.ts");
		setExitCode(await bench(context, input, given, readFlags(command)));
	});
}
