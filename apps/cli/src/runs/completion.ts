import type { Command } from "commander";
import { type CommandContext, EXIT, type ExitCode } from "../commands/context.ts";
import { bashCompletion } from "../completion/bash.ts";
import { commandWords } from "../completion/command-words.ts";
import { fishCompletion } from "../completion/fish.ts";
import { zshCompletion } from "../completion/zsh.ts";

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/**
 * Print the completion script of a shell. It holds all words, so that no process starts at the tab key, and paths are
 * completed by the shell.
 */
export function writeCompletion(context: CommandContext, shell: keyof typeof SCRIPTS, program: Command): ExitCode {
	context.stdout.write(SCRIPTS[shell](commandWords(program)));
	return EXIT.done;
}
