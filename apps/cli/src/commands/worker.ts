import { Command } from "commander";
import { type WorkerFlags, workerFlags } from "../flags/worker-flags.ts";
import type { CommandContext, ExitCode } from "./context.ts";

/** As `DEFAULT_LEASE_MS`, which is not loaded for help. */
const LEASE_SECONDS = 300;

/** `dinoseg worker`: segments what is in a queue, or looks at it for a codebook, as the run says. */
export function workerCommand(context: CommandContext, setExitCode: (code: ExitCode) => void): Command {
	const command = new Command("worker").description("Work on the images of a queue, on as many machines as you like");
	for (const option of workerFlags(LEASE_SECONDS)) {
		command.addOption(option);
	}
	return command.action(async (flags: WorkerFlags) => {
		const { work } = await import("../runs/worker.ts");
		setExitCode(await work(context, flags));
	});
}
