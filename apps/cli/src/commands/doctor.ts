import { Command, Option } from "commander";
import { optionFlag } from "../flags/option-flags.ts";
import type { DoctorFlags } from "../runs/doctor.ts";
import type { CommandContext, ExitCode } from "./context.ts";

/** `dinoseg doctor`: what this installation is made of, and whether it gives right results. */
export function doctorCommand(context: CommandContext, setExitCode: (code: ExitCode) => void): Command {
	return new Command("doctor")
		.description("Show versions, CPU and model, and test this installation on a bundled photograph")
		.addOption(optionFlag("model"))
		.addOption(new Option("--json", "print one JSON document to stdout"))
		.action(async (flags: DoctorFlags) => {
			const { diagnose } = await import("../runs/doctor.ts");
			setExitCode(await diagnose(context, flags));
		});
}
