import { Argument, Command } from "commander";
import type { CommandContext, ExitCode } from "./context.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

/** `dinoseg completion`: a script that lets a shell complete commands, flags and their values. */
export function completionCommand(context: CommandContext, setExitCode: (code: ExitCode) => void): Command {
	const command = new Command("completion")
		.description("Print a script that completes commands, flags and values in your shell")
		.addArgument(new Argument("<shell>", "whose script to print").choices(SHELLS));
	return command.action(async (shell: (typeof SHELLS)[number]) => {
		const { writeCompletion } = await import("../runs/completion.ts");
		setExitCode(writeCompletion(context, shell, command.parent as Command));
	});
}
