import { type Command, CommanderError, Help, Option } from "commander";

/** The word that makes the help list every flag. */
const ALL = "all";

/**
 * Give a command a help of two lengths: `--help` shows the flags without a heading, `--help all` every one.
 *
 * A command without headings has one help.
 */
export function addHelp(command: Command): void {
	if (command.options.every((option) => option.helpGroupHeading === undefined)) {
		return;
	}
	let showsAll = false;
	command
		.helpOption(false)
		.addOption(new Option(`-h, --help [${ALL}]`, `show what people use; --help ${ALL}: every flag`))
		.on("option:help", (word: string | null) => {
			if (word !== null && word !== ALL) {
				command.error(`error: --help takes the word ${ALL} or nothing, got "${word}".`);
			}
			showsAll = word === ALL;
			command.outputHelp();
			throw new CommanderError(0, "commander.helpDisplayed", "(help)");
		})
		.configureHelp({
			visibleOptions: (shown) =>
				Help.prototype.visibleOptions
					.call(shown.createHelp(), shown)
					.filter((option) => showsAll || option.helpGroupHeading === undefined),
		})
		.addHelpText("after", () =>
			showsAll ? "" : `\nMore flags: ${command.parent?.name()} ${command.name()} --help ${ALL}`,
		);
}
