import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { isDinosegError } from "@dinoseg/core/errors";
import { Command, CommanderError } from "commander";
import { checkNoBucket } from "./buckets/check-no-bucket.ts";
import { applyCommand } from "./commands/apply.ts";
import { batchCommand } from "./commands/batch.ts";
import { benchCommand } from "./commands/bench.ts";
import { completionCommand } from "./commands/completion.ts";
import { type CommandContext, EXIT, type ExitCode } from "./commands/context.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { exportCommand } from "./commands/export.ts";
import { featuresCommand } from "./commands/features.ts";
import { fitCommand } from "./commands/fit.ts";
import { mergeCommand } from "./commands/merge.ts";
import { modelCommand } from "./commands/model.ts";
import { segmentCommand } from "./commands/segment.ts";
import { serveCommand } from "./commands/serve.ts";
import { statusCommand } from "./commands/status.ts";
import { watchCommand } from "./commands/watch.ts";
import { workerCommand } from "./commands/worker.ts";
import { addHelp } from "./flags/help.ts";
import { shellMessage } from "./flags/shell-message.ts";
import { printable } from "./progress/printable.ts";

/** In the order in which help lists them. */
const COMMANDS = [
	segmentCommand,
	fitCommand,
	applyCommand,
	watchCommand,
	batchCommand,
	workerCommand,
	statusCommand,
	mergeCommand,
	serveCommand,
	featuresCommand,
	evaluateCommand,
	exportCommand,
	modelCommand,
	benchCommand,
	doctorCommand,
	completionCommand,
];

/** Codes of errors that say that the command line itself is wrong. */
const USAGE_CODES: ReadonlySet<string> = new Set(["OPTION_INVALID", "INPUT_CONFLICT", "MODEL_UNKNOWN"]);

/**
 * Run one command line.
 *
 * @param args the words after the program's name.
 * @returns the exit code: 0 all done, 1 some inputs failed, 2 wrong usage.
 */
export async function run(args: readonly string[], context: CommandContext): Promise<ExitCode> {
	let exitCode: ExitCode = EXIT.done;
	const setExitCode = (code: ExitCode) => {
		exitCode = code;
	};
	const program = new Command("dinoseg")
		.description("Segment images without labels: patch tokens of DINOv2 or DINOv3, PCA and k-means")
		.version(version());
	for (const create of COMMANDS) {
		program.addCommand(create(context, setExitCode));
	}
	program.hook("preAction", (_, command) => checkNoBucket(command));
	for (const command of withSubcommands(program)) {
		addHelp(command);
		command
			.exitOverride()
			.configureOutput({
				writeOut: (text) => void context.stdout.write(text),
				writeErr: (text) => void context.stderr.write(text),
			})
			.showHelpAfterError(`(${pathOf(command)} --help lists what is allowed)`);
	}
	try {
		await program.parseAsync(isInput(args[0], program, context.cwd) ? ["segment", ...args] : args, { from: "user" });
		return exitCode;
	} catch (error) {
		if (error instanceof CommanderError) {
			return error.exitCode === 0 ? EXIT.done : EXIT.usage;
		}
		if (isDinosegError(error)) {
			context.stderr.write(`error ${printable(shellMessage(error))}\n`);
			return USAGE_CODES.has(error.code) ? EXIT.usage : EXIT.failed;
		}
		throw error;
	}
}

/** The version of this package, from its manifest: core tells it too, but its root loads the whole engine. */
function version(): string {
	return (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }).version;
}

/** What only paths, globs and addresses have, and no name of a command. */
const PATH_MARKS = /[/\\*?{.]|^-$/;

/** True for a first word that is an image or a folder: `dinoseg photo.jpg` segments it. */
function isInput(word: string | undefined, program: Command, cwd: string): boolean {
	if (word === undefined || (word.startsWith("-") && word !== "-")) {
		return false;
	}
	const isCommand = word === "help" || program.commands.some((command) => command.name() === word);
	return !isCommand && (PATH_MARKS.test(word) || existsSync(resolve(cwd, word)));
}

/** A command and everything below it. */
function withSubcommands(command: Command): Command[] {
	return [command, ...command.commands.flatMap((sub) => withSubcommands(sub as Command))];
}

/** `dinoseg model pull`. */
function pathOf(command: Command): string {
	return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}
