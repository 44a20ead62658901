import { KNOWN_MODELS } from "@dinoseg/core/hub";
import { ALL_OPTIONS, type OptionDefinition } from "@dinoseg/core/options";
import type { Argument, Command, Option } from "commander";

/** What can stand where a value is expected: words, a path, or a text that nobody can foresee. */
export type ValueWords = readonly string[] | "path" | "text";

/** One flag of a command. */
export interface FlagWords {
	/** `-k`. @default it has none */
	readonly short?: string;
	readonly long: string;
	readonly description: string;
	/** @default it is a switch */
	readonly value?: ValueWords;
}

/** What can be typed after the name of a command. */
export interface CommandWords {
	readonly name: string;
	readonly description: string;
	readonly flags: readonly FlagWords[];
	readonly commands: readonly CommandWords[];
	/** Its arguments. @default it takes none */
	readonly argument?: ValueWords;
}

/** What can be typed after the name of a program or command, from its own description. */
export function commandWords(command: Command): CommandWords {
	const help = command.createHelp();
	const argument = command.registeredArguments[0];
	return {
		name: command.name(),
		description: command.description(),
		flags: withHelp(help.visibleOptions(command), command).map(flagWords),
		commands: help.visibleCommands(command).map((sub) => commandWords(sub as Command)),
		...(argument ? { argument: argumentWords(argument) } : {}),
	};
}

/** Every flag, also those that the short help leaves out. */
function withHelp(visible: readonly Option[], command: Command): readonly Option[] {
	return [...new Set([...command.options.filter(({ hidden }) => !hidden), ...visible])];
}

function flagWords(option: Option): FlagWords {
	const { short, long, description, required, optional } = option;
	const words = { ...(short ? { short } : {}), long: long as string, description: firstClause(description) };
	return required || optional ? { ...words, value: valueWords(option) } : words;
}

function valueWords(option: Option): ValueWords {
	const key = option.attributeName();
	if (key === "model") {
		return MODELS;
	}
	if (option.argChoices) {
		return option.argChoices;
	}
	const definition = (ALL_OPTIONS as Readonly<Record<string, OptionDefinition<unknown>>>)[key];
	const words = definition?.kind.written.flatMap((form) => ("oneOf" in form ? form.oneOf.map(String) : [])) ?? [];
	return words.length > 0 ? words : ofPlaceholder(option.flags);
}

const MODELS: readonly string[] = ["tiny", ...KNOWN_MODELS.map(({ name }) => name)];

function argumentWords(argument: Argument): ValueWords {
	return argument.argChoices ?? (argument.name() === "name" ? MODELS : "path");
}

function ofPlaceholder(flags: string): ValueWords {
	return /<(path|file|folder)>/.test(flags) ? "path" : "text";
}

/** A list of completions has one line for each. */
function firstClause(description: string): string {
	return description.split(/ \[|[;(:]/)[0].trim();
}
